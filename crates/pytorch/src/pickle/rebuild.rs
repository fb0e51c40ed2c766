//! The result of calling a name in a pickle.

use super::damaged::damaged;
use super::globals::Global;
use super::machine::Machine;
use super::value::{Object, Value};
use crate::draft::{Draft, Storage};
use crate::error::Trouble;
use crate::message::{Phrase, phrase, say};

/// PyTorch's own limit of a tensor's dimensions.
const MOST_DIMENSIONS: usize = 64;

const OTHER_NUMBERS: &Phrase = phrase!("tensor-other-numbers", "a tensor of complex, quantised or other numbers");
const VIEW: &Phrase = phrase!("tensor-view", "a conjugated or negated view of a tensor");

impl<'a> Machine<'a> {
    /// The result of calling a name with arguments.
    pub(super) fn call(&mut self, called: Value<'a>, arguments: Value<'a>) -> Result<Value<'a>, Trouble> {
        let global = match called {
            Value::Global(global) => global,
            // What is made from something that was left out is left out too.
            Value::Opaque => return Ok(Value::Opaque),
            _ => return Err(damaged(phrase!("pickle-nameless", "calls something that has no name"))),
        };
        let first = self.item(arguments, 0);
        match global {
            Global::Opaque => Ok(Value::Opaque),
            Global::Unreadable(what) => Ok(Value::Unreadable(what)),
            Global::Namespace => self.add(Object::Namespace(Value::None)),
            Global::Sequence => match first {
                Some(sequence) if self.items(sequence).is_some() => Ok(sequence),
                Some(_) => Ok(Value::Opaque),
                None => self.add(Object::Tuple(Vec::new())),
            },
            Global::Dict => {
                let pairs = self.pairs(first)?;
                self.add(Object::Dict(pairs))
            }
            Global::Parameter => match first {
                Some(tensor) if matches!(self.object(tensor), Some(Object::Tensor(_))) => Ok(tensor),
                Some(unreadable @ Value::Unreadable(_)) => Ok(unreadable),
                _ => Err(damaged(phrase!("pickle-parameter", "makes a parameter of something that is no tensor"))),
            },
            Global::Subclass => match [0, 1, 2].map(|at| self.item(arguments, at)) {
                // Such a function must not be in this list itself: the recursion could be deep.
                [
                    Some(function @ Value::Global(Global::Tensor | Global::TypedTensor | Global::Parameter)),
                    Some(Value::Global(Global::Class)),
                    Some(with),
                ] => self.call(function, with),
                [Some(Value::Global(Global::Unreadable(what))), ..] => Ok(Value::Unreadable(what)),
                _ => Err(damaged(phrase!(
                    "pickle-subclass",
                    "makes a tensor by a function that doesn't, or of a class that is none"
                ))),
            },
            Global::Tensor => self.tensor(arguments, None, 6),
            Global::TypedTensor => match self.item(arguments, 6) {
                Some(Value::Global(Global::Type(kind))) => self.tensor(arguments, Some(kind), 7),
                _ => Err(damaged(phrase!("pickle-typeless", "has a tensor without a type"))),
            },
            Global::Storage(_) | Global::Type(_) | Global::Class => {
                Err(damaged(phrase!("pickle-own", "makes a storage, a type or a tensor of its own")))
            }
        }
    }

    /// A tensor with its storage's type, or with `kind` if that is given. `flags` is the index of the argument that may
    /// say that the values differ from the stored ones.
    fn tensor(
        &mut self,
        arguments: Value<'a>,
        kind: Option<Option<crate::Kind>>,
        flags: usize,
    ) -> Result<Value<'a>, Trouble> {
        let argument = |at| self.item(arguments, at);
        let Some(&Object::Storage(storage)) = argument(0).and_then(|storage| self.object(storage)) else {
            return Err(damaged(phrase!("pickle-storageless", "has a tensor without a storage")));
        };
        match argument(flags).map(|flags| (flags, self.object(flags))) {
            None | Some((Value::None, _)) => {}
            Some((_, Some(Object::Dict(pairs)))) if pairs.is_empty() => {}
            Some(_) => return Ok(Value::Unreadable(VIEW)),
        }
        let Some(kind) = kind.unwrap_or(storage.element.kind) else {
            return Ok(Value::Unreadable(OTHER_NUMBERS));
        };
        let numbers = |at| -> Option<Vec<i64>> {
            let items = self.items(argument(at)?).filter(|items| items.len() <= MOST_DIMENSIONS)?;
            items.iter().map(|item| if let Value::Int(number) = item { Some(*number) } else { None }).collect()
        };
        let (Some(Value::Int(offset)), Some(shape), Some(strides)) = (argument(1), numbers(2), numbers(3)) else {
            return Err(damaged(phrase!(
                "pickle-shape",
                "has a tensor whose offset, shape and strides are no numbers, or more than 64"
            )));
        };
        self.add(Object::Tensor(Box::new(Draft { storage, kind, offset, shape, strides })))
    }

    /// The pairs that a dictionary is created with.
    fn pairs(&mut self, from: Option<Value<'a>>) -> Result<Vec<(Value<'a>, Value<'a>)>, Trouble> {
        let pairs = match from.and_then(|from| self.object(from)) {
            Some(Object::Dict(pairs)) => pairs.clone(),
            Some(Object::List(items) | Object::Tuple(items)) => {
                let pair = |&item: &Value<'a>| match self.items(item) {
                    Some(&[key, value]) => Ok((key, value)),
                    _ => Err(damaged(phrase!("pickle-pairs", "makes a dictionary of something other than pairs"))),
                };
                items.iter().map(pair).collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        };
        self.spend(pairs.len())?;
        Ok(pairs)
    }

    /// An object outside of the pickle: a storage.
    pub(super) fn persistent(&mut self, id: Value<'a>) -> Result<Value<'a>, Trouble> {
        let wrong = || damaged(phrase!("pickle-reference", "refers to something other than a storage"));
        let &[Value::Text("storage"), Value::Global(class), Value::Text(key), _, Value::Int(count), ref view @ ..] =
            self.items(id).ok_or_else(wrong)?
        else {
            return Err(wrong());
        };
        let Global::Storage(element) = class else { return Err(wrong()) };
        let count = u64::try_from(count).map_err(|_| {
            Trouble::Refused(say!(
                "storage-count",
                "the checkpoint has a storage of {count} elements; it is damaged",
                count
            ))
        })?;
        let view = match view {
            [] | [Value::None] => None,
            [view] => match self.items(*view) {
                Some(&[_, Value::Int(first), Value::Int(count)]) => {
                    let [first, count] = [first, count].map(|number| u64::try_from(number).map_err(|_| wrong()));
                    Some((first?, count?))
                }
                _ => return Err(wrong()),
            },
            _ => return Err(wrong()),
        };
        self.add(Object::Storage(Storage { element, key, count, view }))
    }
}
