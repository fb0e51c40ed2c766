//! Checkpoints from before PyTorch 1.6: several pickles, followed by the storages.

use std::collections::BTreeMap;

use crate::error::{Error, SAVE, Trouble, cut_off, quoted};
use crate::message::{Message, say};
use crate::pages::Pages;
use crate::pickle::{LARGEST, Object, PROTO, Pickle, Value};
use crate::place::{Extent, place};
use crate::walk::walk;
use crate::{Layout, Source};

/// The first pickle: the number 0x1950a86a20f9469cfc6c, lowest byte first.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/// The number in the second pickle.
const VERSION: i64 = 1001;
/// Number of bytes that are read first; four times as many whenever they aren't enough.
const FIRST: u64 = 64 << 10;

/// Whether a file with these first bytes contains the magic number.
pub(crate) fn begins(first_bytes: &[u8]) -> bool {
    const LONG: u8 = 0x8a;
    const LENGTH: u8 = MAGIC.len() as u8;
    // A frame gives its length; older protocols have no frames.
    matches!(first_bytes, [PROTO, 2..=5, LONG, LENGTH, ..] | [PROTO, 4 | 5, 0x95, _, 0, 0, 0, 0, 0, 0, 0, LONG, ..])
}

pub(crate) async fn open<S: Source>(source: &S) -> Result<Layout, Error<S::Error>> {
    let size = source.size();
    let mut length = FIRST.min(size);
    loop {
        let mut bytes = vec![0; length as usize];
        source.read(0, &mut bytes).await.map_err(Error::Source)?;
        match Head::read(&bytes) {
            Ok(head) => {
                let findings = walk(&head.pickle)?;
                let extents = extents(source, &head).await?;
                return Ok(place(findings, &extents, size)?);
            }
            Err(Trouble::Short) if length < size && length < LARGEST => length = size.min(LARGEST).min(4 * length),
            Err(Trouble::Short) if length < size => {
                return Err(Error::Refused(say!(
                    "pickle-large",
                    "the checkpoint's pickle is larger than 64 MiB; save the tensors alone: {save}",
                    save = SAVE
                )));
            }
            Err(trouble) => return Err(trouble.into()),
        }
    }
}

/// Everything before the storages.
struct Head<'a> {
    pickle: Pickle<'a>,
    /// The storages' names, in the order in which they follow.
    keys: Vec<&'a str>,
    /// Where the storages start.
    end: u64,
}

impl<'a> Head<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Trouble> {
        let mut at = 0;
        let mut next = || {
            let pickle = Pickle::read(bytes.get(at..).unwrap_or_default())?;
            at += pickle.bytes;
            Ok::<_, Trouble>(pickle)
        };
        if !matches!(next()?.root, Value::Long(number) if number == MAGIC) {
            return Err(Trouble::Refused(say!(
                "pickle-other",
                "this is a pickle, and not one of torch.save. Write a checkpoint with {save}",
                save = SAVE
            )));
        }
        match next()?.root {
            Value::Int(VERSION) => {}
            other => {
                let found = if let Value::Int(number) = other { number.to_string() } else { "nothing".into() };
                return Err(Trouble::Refused(say!(
                    "pickle-version",
                    "the checkpoint's pickle says {found} where version {expected} was expected; load it in Python and save it again: {save}",
                    found,
                    expected = VERSION,
                    save = SAVE
                )));
            }
        }
        let system = next()?;
        if let Some(Object::Dict(entries)) = object(&system, system.root)
            && entries.iter().any(|entry| matches!(entry, (Value::Text("little_endian"), Value::Bool(false))))
        {
            return Err(Trouble::Refused(say!(
                "byte-order",
                "the checkpoint's byte order is {order}, and only little-endian ones are read; load it in Python on a machine with an x86 or ARM processor and save it again: {save}",
                order = "big-endian",
                save = SAVE
            )));
        }
        let pickle = next()?;
        let listed = next()?;
        let keys = match object(&listed, listed.root) {
            Some(Object::List(items)) => items
                .iter()
                .map(|item| if let Value::Text(key) = item { Some(*key) } else { None })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let keys = keys.ok_or_else(|| {
            Trouble::Refused(say!(
                "no-storages",
                "the checkpoint has no list of its storages; the file is damaged, fetch it again"
            ))
        })?;
        Ok(Self { pickle, keys, end: at as u64 })
    }
}

fn object<'a, 'p>(pickle: &'p Pickle<'a>, value: Value<'a>) -> Option<&'p Object<'a>> {
    match value {
        Value::Object(number) => pickle.objects.get(number as usize),
        _ => None,
    }
}

fn ends() -> Message {
    say!("ends-in-storage", "the checkpoint ends before its last storage does")
}

/// Where the storages are: before each one is its number of elements.
async fn extents<'a, S: Source>(source: &S, head: &Head<'a>) -> Result<BTreeMap<&'a str, Extent>, Error<S::Error>> {
    let mut widths = BTreeMap::new();
    for object in &head.pickle.objects {
        if let Object::Storage(storage) = object {
            // The first tensor that mentions a storage says how it was written.
            widths.entry(storage.key).or_insert(storage.element.bytes);
        }
    }
    let size = source.size();
    let pages = Pages::new(size);
    let mut extents = BTreeMap::new();
    let mut at = head.end;
    for &key in &head.keys {
        let Some(&width) = widths.get(key) else {
            return Err(Error::Refused(say!(
                "storage-unused",
                "the checkpoint lists storage {storage}, which none of its tensors is in; the file is damaged, fetch it again",
                storage = quoted(key)
            )));
        };
        pages.tidy();
        let mut count = [0; 8];
        let read = pages.read(source, at, &mut count).await.map_err(Error::Source)?;
        read.map_err(|_| Error::Refused(cut_off(ends())))?;
        let count = i64::from_le_bytes(count);
        let start = at + 8;
        let bytes = u64::try_from(count).ok().and_then(|count| count.checked_mul(width.into()));
        match bytes.and_then(|bytes| Some((bytes, start.checked_add(bytes)?))) {
            Some((bytes, end)) if end <= size => {
                extents.insert(key, Extent { start, bytes });
                at = end;
            }
            Some(_) => return Err(Error::Refused(cut_off(ends()))),
            None => {
                return Err(Error::Refused(say!(
                    "storage-elements",
                    "the checkpoint's storage {storage} has {count} elements; the file is damaged, fetch it again",
                    storage = quoted(key),
                    count
                )));
            }
        }
    }
    Ok(extents)
}
