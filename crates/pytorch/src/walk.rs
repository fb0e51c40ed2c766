//! Finds the tensors and values that a pickle built, by their names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::draft::Draft;
use crate::error::{Trouble, quoted};
use crate::message::{Message, say};
use crate::pickle::{Object, Pickle, Value};

/// The deepest nesting of containers. Checkpoints have about eight levels.
const DEEPEST: usize = 64;
/// The longest name of a tensor in bytes.
const LONGEST_NAME: usize = 1024;
/// How many bytes an entry counts for besides its text.
const ENTRY: usize = 64;
/// How many bytes entries may count for, for each byte of the pickle. In an honest checkpoint, a tensor takes at least
/// forty bytes of the pickle.
const SHARE: usize = 16;

/// The contents of a checkpoint's pickle.
#[derive(Default)]
pub(crate) struct Findings<'a, 'p> {
    pub tensors: Vec<(String, &'p Draft<'a>)>,
    pub unreadable: BTreeMap<String, Message>,
    pub metadata: BTreeMap<String, String>,
}

/// Visits everything that the pickle built.
pub(crate) fn walk<'a, 'p>(pickle: &'p Pickle<'a>) -> Result<Findings<'a, 'p>, Trouble> {
    let mut walk = Walk {
        objects: &pickle.objects,
        within: Vec::new(),
        name: String::new(),
        names: BTreeSet::new(),
        visits: 1024 + 4 * pickle.bytes,
        for_tensors: (64 << 10) + SHARE * pickle.bytes,
        for_metadata: (1 << 20) + SHARE * pickle.bytes,
        findings: Findings::default(),
    };
    walk.visit(pickle.root)?;
    Ok(walk.findings)
}

/// A pickle can put one container into many, which in turn are in many others. The results are therefore bounded by the
/// pickle's size, not by what it describes.
struct Walk<'a, 'p> {
    objects: &'p [Object<'a>],
    /// The containers around the current value.
    within: Vec<u32>,
    name: String,
    /// The tensors' names so far.
    names: BTreeSet<String>,
    /// How many more values may be visited.
    visits: usize,
    /// How many more bytes the tensors' names may take; below, the same for everything else.
    for_tensors: usize,
    for_metadata: usize,
    findings: Findings<'a, 'p>,
}

impl<'a, 'p> Walk<'a, 'p> {
    fn visit(&mut self, value: Value<'a>) -> Result<(), Trouble> {
        self.visits = self.visits.checked_sub(1).ok_or_else(endless)?;
        match value {
            Value::Text(text) => self.tell(text.len(), || text.to_owned()),
            Value::Int(number) => self.tell(20, || number.to_string()),
            Value::Float(number) => self.tell(24, || format!("{number:?}")),
            Value::Bool(truth) => self.tell(5, || truth.to_string()),
            Value::Unreadable(what) => {
                self.claim()?;
                self.findings.unreadable.insert(self.name.clone(), what.into());
            }
            Value::Object(number) => self.enter(number)?,
            Value::None | Value::Long(_) | Value::Global(_) | Value::Opaque => {}
        }
        Ok(())
    }

    fn enter(&mut self, number: u32) -> Result<(), Trouble> {
        let Some(object) = self.objects.get(number as usize) else { return Ok(()) };
        if let Object::Tensor(draft) = object {
            self.claim()?;
            self.findings.tensors.push((self.name.clone(), draft));
            return Ok(());
        }
        if self.within.contains(&number) {
            return Err(Trouble::Refused(say!(
                "holds-itself",
                "the checkpoint's {name} holds itself, which no state dict does. Write one with {save}",
                name = quoted(&self.name),
                save = crate::error::SAVE
            )));
        }
        if self.within.len() == DEEPEST {
            return Err(Trouble::Refused(say!(
                "too-deep",
                "the checkpoint's containers are more than {most} deep, at {name}; save the tensors alone: {save}",
                most = DEEPEST,
                name = quoted(&self.name),
                save = crate::error::SAVE
            )));
        }
        self.within.push(number);
        match object {
            Object::Tuple(items) | Object::List(items) => {
                for (at, &item) in items.iter().enumerate() {
                    self.child(&at, item)?;
                }
            }
            Object::Dict(entries) => {
                for &(key, value) in entries {
                    match key {
                        Value::Text(key) => self.child(&key, value)?,
                        Value::Int(key) => self.child(&key, value)?,
                        _ => {}
                    }
                }
            }
            Object::Namespace(attributes) => self.visit(*attributes)?,
            Object::Storage(_) | Object::Tensor(_) => {}
        }
        self.within.pop();
        Ok(())
    }

    fn child(&mut self, key: &dyn std::fmt::Display, value: Value<'a>) -> Result<(), Trouble> {
        // Values below a name that is too long are left out.
        if self.name.len() > LONGEST_NAME {
            return self.visit(value);
        }
        let end = self.name.len();
        if !self.within.is_empty() && end > 0 {
            self.name.push('.');
        }
        // Writing to a string doesn't fail.
        _ = write!(self.name, "{key}");
        self.visit(value)?;
        self.name.truncate(end);
        Ok(())
    }

    /// Uses the current name for a tensor.
    fn claim(&mut self) -> Result<(), Trouble> {
        let name = &self.name;
        if name.len() > LONGEST_NAME {
            return Err(Trouble::Refused(say!(
                "name-long",
                "the tensor {name} has a name of more than {most} bytes; the file is damaged",
                name = quoted(name),
                most = LONGEST_NAME
            )));
        }
        self.for_tensors = self.for_tensors.checked_sub(name.len() + ENTRY).ok_or_else(endless)?;
        if !self.names.insert(name.clone()) {
            return Err(Trouble::Refused(say!(
                "tensors-alike",
                "the checkpoint has two tensors named {name}; save one of its parts alone",
                name = quoted(name)
            )));
        }
        Ok(())
    }

    /// Records a value with this number of bytes, if there is room.
    fn tell(&mut self, bytes: usize, text: impl FnOnce() -> String) {
        if self.name.len() > LONGEST_NAME {
            return;
        }
        if let Some(left) = self.for_metadata.checked_sub(self.name.len() + bytes + ENTRY) {
            self.for_metadata = left;
            self.findings.metadata.insert(self.name.clone(), text());
        }
    }
}

fn endless() -> Trouble {
    Trouble::Refused(say!(
        "unfolds",
        "the checkpoint's pickle holds the same containers in each other again and again, and unfolds to more than its size allows; save the tensors alone: {save}",
        save = crate::error::SAVE
    ))
}
