//! The values that a pickle builds.

use super::globals::Global;
use crate::draft::{Draft, Storage};
use crate::message::Phrase;

/// A value on the machine's stack. What can hold others, or be held twice, is an [`Object`] by its number.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A whole number that an [`Value::Int`] doesn't hold: its bytes, the lowest first.
    Long(&'a [u8]),
    Float(f64),
    Text(&'a str),
    Global(Global),
    /// A tensor that isn't read, and what it is.
    Unreadable(&'static Phrase),
    /// Something harmless that is left out.
    Opaque,
    Object(u32),
}

#[derive(Clone, Debug)]
pub enum Object<'a> {
    Tuple(Vec<Value<'a>>),
    List(Vec<Value<'a>>),
    Dict(Vec<(Value<'a>, Value<'a>)>),
    /// Something whose attributes are these.
    Namespace(Value<'a>),
    Storage(Storage<'a>),
    Tensor(Box<Draft<'a>>),
}
