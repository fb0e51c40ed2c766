//! The machine that interprets a pickle.

use super::cursor::Cursor;
use super::damaged::damaged;
use super::globals::Global;
use super::value::{Object, Value};
use crate::error::Trouble;
use crate::message::{phrase, say};

/// The first byte of a pickle of protocol 2 or newer.
pub(crate) const PROTO: u8 = 0x80;
/// The newest protocol that is supported.
const NEWEST: u8 = 5;
/// The largest number of values: ResNet-152 has 20,000.
const MOST_VALUES: usize = 2 << 20;

/// The result of a pickle.
pub(crate) struct Pickle<'a> {
    pub root: Value<'a>,
    pub objects: Vec<Object<'a>>,
    /// The number of bytes that were used, of those that were given.
    pub bytes: usize,
}

impl<'a> Pickle<'a> {
    /// Interprets the pickle at the start of some bytes.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Trouble> {
        let mut machine = Machine {
            cursor: Cursor::new(bytes),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            remembered: 0,
            objects: Vec::new(),
            spent: 0,
            most: MOST_VALUES.min(bytes.len().saturating_mul(2)),
        };
        let root = machine.run()?;
        Ok(Self { root, objects: machine.objects, bytes: machine.cursor.at() })
    }
}

/// Every value on the stack, in the memo or copied into a container is counted, and comes from at least one byte of the
/// pickle, so the pickle's size bounds the machine's memory.
pub(super) struct Machine<'a> {
    cursor: Cursor<'a>,
    stack: Vec<Value<'a>>,
    /// The heights of the stack at which a mark was set.
    marks: Vec<usize>,
    /// By the pickle's own numbers, which are consecutive apart from gaps.
    memo: Vec<Option<Value<'a>>>,
    remembered: u32,
    objects: Vec<Object<'a>>,
    spent: usize,
    most: usize,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<Value<'a>, Trouble> {
        loop {
            match self.cursor.u8()? {
                PROTO => {
                    let protocol = self.cursor.u8()?;
                    if protocol > NEWEST {
                        return Err(Trouble::Refused(say!(
                            "pickle-protocol",
                            "the checkpoint's pickle is of protocol {protocol}, and at most {most} is read; save it with an older pickle_protocol, such as 2",
                            protocol,
                            most = NEWEST
                        )));
                    }
                }
                // FRAME: the length of the following bytes, which isn't needed.
                0x95 => drop(self.cursor.u64()?),
                b'.' => return self.pop(),
                b'(' => {
                    self.spend(1)?;
                    self.marks.push(self.stack.len());
                }
                b'0' if self.marks.last() == Some(&self.stack.len()) => drop(self.marks.pop()),
                b'0' => drop(self.pop()?),
                b'1' => drop(self.marked()?),
                b'2' => {
                    let top = self.top()?;
                    self.push(top)?;
                }

                b'N' => self.push(Value::None)?,
                0x88 => self.push(Value::Bool(true))?,
                0x89 => self.push(Value::Bool(false))?,
                b'K' => {
                    let number = self.cursor.u8()?;
                    self.push(Value::Int(number.into()))?;
                }
                b'M' => {
                    let number = self.cursor.u16()?;
                    self.push(Value::Int(number.into()))?;
                }
                b'J' => {
                    let number = self.cursor.i32()?;
                    self.push(Value::Int(number.into()))?;
                }
                0x8a => {
                    let length = self.cursor.u8()?;
                    self.long(length.into())?;
                }
                0x8b => {
                    let length = self.cursor.length()?;
                    self.long(length)?;
                }
                b'G' => {
                    let number = self.cursor.f64()?;
                    self.push(Value::Float(number))?;
                }

                b'X' => {
                    let length = self.cursor.u32()?;
                    self.text(length.into())?;
                }
                // Text from Python 2, if it is text.
                0x8c | b'U' => {
                    let length = self.cursor.u8()?;
                    self.text(length.into())?;
                }
                b'T' => {
                    let length = self.cursor.length()?;
                    self.text(length)?;
                }
                0x8d => {
                    let length = self.cursor.u64()?;
                    self.text(length)?;
                }
                b'C' => {
                    let length = self.cursor.u8()?;
                    self.opaque(length.into())?;
                }
                b'B' => {
                    let length = self.cursor.u32()?;
                    self.opaque(length.into())?;
                }
                0x8e | 0x96 => {
                    let length = self.cursor.u64()?;
                    self.opaque(length)?;
                }

                b']' => self.push_object(Object::List(Vec::new()))?,
                b'}' => self.push_object(Object::Dict(Vec::new()))?,
                b')' => self.push_object(Object::Tuple(Vec::new()))?,
                0x8f => self.push(Value::Opaque)?,
                b't' => {
                    let items = self.marked()?;
                    self.push_object(Object::Tuple(items))?;
                }
                count @ 0x85..=0x87 => {
                    let mut items = vec![Value::None; usize::from(count - 0x84)];
                    for item in items.iter_mut().rev() {
                        *item = self.pop()?;
                    }
                    self.push_object(Object::Tuple(items))?;
                }
                b'l' => {
                    let items = self.marked()?;
                    self.push_object(Object::List(items))?;
                }
                b'd' => {
                    let items = self.marked()?;
                    self.push_object(Object::Dict(Vec::new()))?;
                    self.set(&items)?;
                }
                b'a' => {
                    let item = self.pop()?;
                    self.append(&[item])?;
                }
                b'e' => {
                    let items = self.marked()?;
                    self.append(&items)?;
                }
                b's' => {
                    let value = self.pop()?;
                    let key = self.pop()?;
                    self.set(&[key, value])?;
                }
                b'u' => {
                    let items = self.marked()?;
                    self.set(&items)?;
                }
                // A set's items are dropped: there are no names for them.
                0x90 => drop(self.marked()?),
                0x91 => {
                    drop(self.marked()?);
                    self.push(Value::Opaque)?;
                }

                b'c' => {
                    let module = self.cursor.line()?;
                    let name = self.cursor.line()?;
                    self.push(Value::Global(Global::named(module, name)?))?;
                }
                0x93 => {
                    let (name, module) = (self.pop()?, self.pop()?);
                    let (Value::Text(module), Value::Text(name)) = (module, name) else {
                        return Err(damaged(phrase!("pickle-name", "has a name that is no text")));
                    };
                    self.push(Value::Global(Global::named(module, name)?))?;
                }
                b'R' | 0x81 => {
                    let arguments = self.pop()?;
                    self.reduce(arguments)?;
                }
                0x92 => {
                    let _named = self.pop()?;
                    let arguments = self.pop()?;
                    self.reduce(arguments)?;
                }
                b'b' => {
                    let state = self.pop()?;
                    let top = self.top()?;
                    // The attributes of anything else contain no tensors, such as a dictionary's `_metadata`.
                    if let Some(Object::Namespace(attributes)) = self.object_mut(top) {
                        *attributes = state;
                    }
                }
                b'Q' => {
                    let id = self.pop()?;
                    let value = self.persistent(id)?;
                    self.push(value)?;
                }

                b'q' => {
                    let at = self.cursor.u8()?;
                    self.remember(at.into())?;
                }
                b'r' => {
                    let at = self.cursor.u32()?;
                    self.remember(at)?;
                }
                0x94 => self.remember(self.remembered)?,
                b'h' => {
                    let at = self.cursor.u8()?;
                    self.recall(at.into())?;
                }
                b'j' => {
                    let at = self.cursor.u32()?;
                    self.recall(at)?;
                }

                other => {
                    return Err(Trouble::Refused(say!(
                        "pickle-byte",
                        "the checkpoint's pickle holds {code} at byte {at} of it, which no torch.save writes by protocols 2 to {newest}; the file is damaged or was written by something else",
                        code = format!("{other:#04x}"),
                        at = self.cursor.at() - 1,
                        newest = NEWEST
                    )));
                }
            }
        }
    }

    /// Counts values that take memory.
    pub(super) fn spend(&mut self, values: usize) -> Result<(), Trouble> {
        self.spent = self.spent.saturating_add(values);
        if self.spent <= self.most {
            return Ok(());
        }
        Err(match self.most {
            MOST_VALUES => Trouble::Refused(say!(
                "pickle-values",
                "the checkpoint's pickle holds more than {most} values, and a network's tensors are far fewer; save the tensors alone: {save}",
                most = MOST_VALUES,
                save = crate::error::SAVE
            )),
            _ => damaged(phrase!("pickle-again", "holds the same values again and again")),
        })
    }

    fn push(&mut self, value: Value<'a>) -> Result<(), Trouble> {
        self.spend(1)?;
        self.stack.push(value);
        Ok(())
    }

    pub(super) fn add(&mut self, object: Object<'a>) -> Result<Value<'a>, Trouble> {
        let number = u32::try_from(self.objects.len())
            .map_err(|_| damaged(phrase!("pickle-objects", "holds more than 2^32 objects")))?;
        self.objects.push(object);
        Ok(Value::Object(number))
    }

    fn push_object(&mut self, object: Object<'a>) -> Result<(), Trouble> {
        let value = self.add(object)?;
        self.push(value)
    }

    fn pop(&mut self) -> Result<Value<'a>, Trouble> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// The value on top, if it was pushed since the last mark.
    fn top(&self) -> Result<Value<'a>, Trouble> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.get(floor..).and_then(<[_]>::last);
        top.copied().ok_or_else(|| damaged(phrase!("pickle-value", "takes a value that isn't there")))
    }

    /// Takes everything that was pushed since the last mark.
    fn marked(&mut self) -> Result<Vec<Value<'a>>, Trouble> {
        let mark = self.marks.pop().filter(|&mark| mark <= self.stack.len());
        Ok(self.stack.split_off(
            mark.ok_or_else(|| damaged(phrase!("pickle-mark", "takes values up to a mark that isn't there")))?,
        ))
    }

    fn long(&mut self, length: u64) -> Result<(), Trouble> {
        let bytes = self.cursor.take(length)?;
        let mut all = match bytes.last() {
            Some(0x80..) => [0xff; 8],
            _ => [0; 8],
        };
        let value = match all.get_mut(..bytes.len()) {
            Some(low) => {
                low.copy_from_slice(bytes);
                Value::Int(i64::from_le_bytes(all))
            }
            None => Value::Long(bytes),
        };
        self.push(value)
    }

    fn text(&mut self, length: u64) -> Result<(), Trouble> {
        let text = std::str::from_utf8(self.cursor.take(length)?);
        self.push(text.map_or(Value::Opaque, Value::Text))
    }

    fn opaque(&mut self, length: u64) -> Result<(), Trouble> {
        self.cursor.take(length)?;
        self.push(Value::Opaque)
    }

    pub(super) fn object(&self, value: Value<'a>) -> Option<&Object<'a>> {
        match value {
            Value::Object(number) => self.objects.get(number as usize),
            _ => None,
        }
    }

    fn object_mut(&mut self, value: Value<'a>) -> Option<&mut Object<'a>> {
        match value {
            Value::Object(number) => self.objects.get_mut(number as usize),
            _ => None,
        }
    }

    /// A list's or a tuple's items.
    pub(super) fn items(&self, value: Value<'a>) -> Option<&[Value<'a>]> {
        match self.object(value)? {
            Object::Tuple(items) | Object::List(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn item(&self, value: Value<'a>, at: usize) -> Option<Value<'a>> {
        self.items(value)?.get(at).copied()
    }

    fn append(&mut self, more: &[Value<'a>]) -> Result<(), Trouble> {
        let top = self.top()?;
        match self.object_mut(top) {
            Some(Object::List(items)) => items.extend_from_slice(more),
            None if matches!(top, Value::Opaque) => {}
            _ => return Err(damaged(phrase!("pickle-append", "appends to something that is no list"))),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Value<'a>]) -> Result<(), Trouble> {
        let top = self.top()?;
        let (pairs, rest) = items.as_chunks();
        match self.object_mut(top) {
            Some(Object::Dict(entries)) if rest.is_empty() => {
                entries.extend(pairs.iter().map(|&[key, value]| (key, value)));
            }
            None if matches!(top, Value::Opaque) => {}
            _ => return Err(damaged(phrase!("pickle-entries", "sets entries of something that is no dictionary"))),
        }
        Ok(())
    }

    fn reduce(&mut self, arguments: Value<'a>) -> Result<(), Trouble> {
        let called = self.pop()?;
        let value = self.call(called, arguments)?;
        self.push(value)
    }

    fn remember(&mut self, at: u32) -> Result<(), Trouble> {
        self.spend(1)?;
        let top = self.top()?;
        let at = at as usize;
        if at >= self.most {
            return Err(damaged(phrase!("pickle-numbers", "numbers what it remembers beyond what it holds")));
        }
        if at >= self.memo.len() {
            self.memo.resize(at + 1, None);
        }
        if let Some(place) = self.memo.get_mut(at) {
            // Replacing an entry takes no more memory.
            self.remembered += u32::from(place.is_none());
            *place = Some(top);
        }
        Ok(())
    }

    fn recall(&mut self, at: u32) -> Result<(), Trouble> {
        let value = self.memo.get(at as usize).copied().flatten();
        self.push(
            value.ok_or_else(|| damaged(phrase!("pickle-memory", "takes a value from its memory that isn't there")))?,
        )
    }
}
