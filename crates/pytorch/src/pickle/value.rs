//! The values that a pickle builds.

use super::globals::Global;
use crate::draft::{Draft, Storage};
use crate::message::Phrase;

/// A value on the machine's stack. Values that contain others, or are referred to twice, are an [`Object`], by its
/// index.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A whole number that doesn't fit [`Value::Int`]: its bytes, lowest first.
    Long(&'a [u8]),
    Float(f64),
    Text(&'a str),
    Global(Global),
    /// A tensor that isn't read, with what it is.
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
    /// An object that consists of these attributes.
    Namespace(Value<'a>),
    Storage(Storage<'a>),
    Tensor(Box<Draft<'a>>),
}
