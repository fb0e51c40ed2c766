//! From a tensor's description in the pickle to its place in the file.

use std::collections::BTreeMap;

use crate::draft::Draft;
use crate::error::{Trouble, quoted};
use crate::message::say;
use crate::walk::Findings;
use crate::{Layout, Tensor};

/// Where a storage's bytes are in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub start: u64,
    pub bytes: u64,
}

/// Finds the place of every tensor. `size` is that of the file in bytes.
pub(crate) fn place(
    findings: Findings<'_, '_>,
    extents: &BTreeMap<&str, Extent>,
    size: u64,
) -> Result<Layout, Trouble> {
    let Findings { tensors, mut unreadable, metadata } = findings;
    let mut placed = Vec::with_capacity(tensors.len());
    for (name, draft) in tensors {
        let key = draft.storage.key;
        let Some(&extent) = extents.get(key) else {
            return Err(Trouble::Refused(say!(
                "storage-missing",
                "the tensor {name} lies in storage {storage}, which the checkpoint doesn't hold; fetch the file again",
                name = quoted(&name),
                storage = quoted(key)
            )));
        };
        match tensor(&name, draft, extent, size)? {
            Some(tensor) => placed.push(tensor),
            None => {
                let what = say!("tensor-spread", "elements that are spread or repeated beyond what can be held");
                unreadable.insert(name, what);
            }
        }
    }
    Ok(Layout { tensors: placed, unreadable, metadata })
}

/// None if it has more bytes than the file, which is possible if elements are repeated, or more than memory can
/// address.
fn tensor(name: &str, draft: &Draft<'_>, extent: Extent, size: u64) -> Result<Option<Tensor>, Trouble> {
    let storage = &draft.storage;
    let beyond = |bytes: Option<u64>| bytes.is_none_or(|bytes| bytes > extent.bytes);
    let width = u64::from(storage.element.bytes);
    if beyond(storage.count.checked_mul(width)) {
        return Err(Trouble::Refused(say!(
            "storage-short",
            "the tensor {name} lies in a storage of {elements} elements of {width} bytes, of which the file has {bytes} bytes; the file is damaged, fetch it again",
            name = quoted(name),
            elements = storage.count,
            width,
            bytes = extent.bytes
        )));
    }
    let (first, count) = storage.view.unwrap_or((0, storage.count));
    let view_end = first.checked_add(count).filter(|&end| end <= storage.count);
    let (Some(_), Some(view), Some(bytes)) = (view_end, first.checked_mul(width), count.checked_mul(width)) else {
        return Err(Trouble::Refused(say!(
            "storage-part",
            "the tensor {name} lies in elements {first} to {first} + {count} of a storage of {elements}; the file is damaged, fetch it again",
            name = quoted(name),
            first,
            count,
            elements = storage.count
        )));
    };

    let described = || {
        Trouble::Refused(say!(
            "tensor-layout",
            "the tensor {name} has the shape [{shape}] and the strides [{strides}] from element {offset} on; the file is damaged, fetch it again",
            name = quoted(name),
            shape = &draft.shape,
            strides = &draft.strides,
            offset = draft.offset
        ))
    };
    let convert = |sides: &[i64]| sides.iter().map(|&side| usize::try_from(side)).collect::<Result<Vec<_>, _>>();
    let (Ok(shape), Ok(strides), Ok(offset)) =
        (convert(&draft.shape), convert(&draft.strides), u64::try_from(draft.offset))
    else {
        return Err(described());
    };
    if shape.len() != strides.len() {
        return Err(described());
    }
    let width = draft.kind.bytes() as u64;
    let empty = shape.contains(&0);
    // The end of the last element, counted in elements.
    let mut end = Some(if empty { 0 } else { 1u64 });
    for (&side, &stride) in shape.iter().zip(&strides).filter(|_| !empty) {
        end = (side as u64 - 1).checked_mul(stride as u64).and_then(|more| end?.checked_add(more));
    }
    let end = end.and_then(|end| end.checked_add(if empty { 0 } else { offset })?.checked_mul(width));
    let Some(end) = end.filter(|&end| end <= bytes) else {
        return Err(Trouble::Refused(say!(
            "tensor-beyond",
            "the tensor {name} has the shape [{shape}] and the strides [{strides}] from element {offset} on, which is beyond its storage of {elements} elements; the file is damaged, fetch it again",
            name = quoted(name),
            shape = &draft.shape,
            strides = &draft.strides,
            offset,
            elements = bytes / width
        )));
    };
    let elements = shape.iter().filter(|_| !empty).try_fold(width, |all, &side| all.checked_mul(side as u64));
    if elements.is_none_or(|bytes| bytes > size || usize::try_from(bytes.max(end)).is_err()) {
        return Ok(None);
    }
    // This can't overflow, as it lies inside the storage, and so inside the file.
    let start = extent.start + view + if empty { 0 } else { offset * width };
    Ok(Some(Tensor { name: name.to_owned(), kind: draft.kind, shape, strides, start }))
}
