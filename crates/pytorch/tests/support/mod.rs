//! Checkpoints and pickles, byte by byte.

/// The pickle of protocol 2 that these bytes are.
pub fn pickle(parts: &[&[u8]]) -> Vec<u8> {
    [b"\x80\x02", &parts.concat()[..], b"."].concat()
}

pub fn text(text: &str) -> Vec<u8> {
    [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

pub fn int(number: i64) -> Vec<u8> {
    [b"\x8a\x08", &number.to_le_bytes()[..]].concat()
}

pub fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

pub fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [b"(", &items.concat()[..], b"t"].concat()
}

pub fn ints(numbers: &[i64]) -> Vec<u8> {
    tuple(&numbers.iter().map(|&number| int(number)).collect::<Vec<_>>())
}

pub fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<u8> = entries.iter().flat_map(|(key, value)| [text(key), value.clone()].concat()).collect();
    [b"}(", &entries[..], b"u"].concat()
}

pub struct Tensor<'a> {
    pub class: &'a str,
    pub key: &'a str,
    pub count: i64,
    pub view: Option<[i64; 2]>,
    pub offset: i64,
    pub shape: &'a [i64],
    pub strides: &'a [i64],
}

/// Two by three floats, which are all of storage 0.
pub const PLAIN: Tensor<'_> =
    Tensor { class: "FloatStorage", key: "0", count: 6, view: None, offset: 0, shape: &[2, 3], strides: &[3, 1] };

impl Tensor<'_> {
    pub fn pickled(&self) -> Vec<u8> {
        let mut id = vec![text("storage"), global("torch", self.class), text(self.key), text("cpu"), int(self.count)];
        if let Some([first, count]) = self.view {
            id.push(tuple(&[text("a view"), int(first), int(count)]));
        }
        let storage = [tuple(&id), b"Q".to_vec()].concat();
        let with = [storage, int(self.offset), ints(self.shape), ints(self.strides), b"\x89".to_vec(), b"}".to_vec()];
        [global("torch._utils", "_rebuild_tensor_v2"), tuple(&with), b"R".to_vec()].concat()
    }
}

/// A zip archive of these files, none of them compressed. `method` is what it says of that, and `shift` moves all of it
/// to a later byte of a file whose beginning isn't there.
pub fn zip(files: &[(&str, &[u8])], method: u16, zip64: bool, shift: u64) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for &(name, bytes) in files {
        let at = shift + archive.len() as u64;
        let size = bytes.len() as u64;
        let wide: Vec<u8> = [
            &1u16.to_le_bytes()[..],
            &24u16.to_le_bytes(),
            &size.to_le_bytes(),
            &size.to_le_bytes(),
            &at.to_le_bytes(),
        ]
        .concat();
        let wide = if zip64 { &wide[..] } else { &[] };
        let low = |value: u64| if zip64 { u32::MAX } else { value as u32 }.to_le_bytes();
        let shared = |extra: usize| -> Vec<u8> {
            let mut shared = vec![20, 0, 0, 0];
            shared.extend(method.to_le_bytes());
            shared.extend([0; 8]);
            shared.extend([low(size), low(size)].concat());
            shared.extend((name.len() as u16).to_le_bytes());
            shared.extend((extra as u16).to_le_bytes());
            shared
        };
        archive.extend([b"PK\x03\x04", &shared(0)[..], name.as_bytes(), bytes].concat());
        let header = [b"PK\x01\x02\x14\0", &shared(wide.len())[..], &[0; 10], &low(at), name.as_bytes(), wide];
        directory.extend(header.concat());
    }
    let at = shift + archive.len() as u64;
    let count = files.len() as u64;
    let size = directory.len() as u64;
    archive.extend(directory);
    if zip64 {
        let end = shift + archive.len() as u64;
        archive.extend([b"PK\x06\x06", &44u64.to_le_bytes()[..], &[45, 0, 45, 0], &[0; 8]].concat());
        archive.extend([count, count, size, at].map(u64::to_le_bytes).concat());
        archive.extend([b"PK\x06\x07", &[0; 4][..], &end.to_le_bytes(), &1u32.to_le_bytes()].concat());
    }
    let low = |value: u64| if zip64 { u32::MAX } else { value as u32 }.to_le_bytes();
    let short = |value: u64| if zip64 { u16::MAX } else { value as u16 }.to_le_bytes();
    archive.extend([b"PK\x05\x06", &[0; 4][..], &short(count), &short(count), &low(size), &low(at), &[0; 2]].concat());
    archive
}

/// A checkpoint of this pickle and storages.
pub fn zipped(pickle: &[u8], storages: &[(&str, &[u8])]) -> Vec<u8> {
    let names: Vec<String> = storages.iter().map(|(key, _)| format!("model/data/{key}")).collect();
    let mut files: Vec<(&str, &[u8])> = vec![("model/data.pkl", pickle), ("model/byteorder", b"little")];
    files.extend(names.iter().zip(storages).map(|(name, (_, bytes))| (name.as_str(), *bytes)));
    zip(&files, 0, false, 0)
}

/// A checkpoint of this pickle and storages of so many elements, as it was before PyTorch 1.6.
pub fn legacy(object: &[u8], storages: &[(&str, i64, &[u8])]) -> Vec<u8> {
    let magic: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    let keys: Vec<u8> = storages.iter().flat_map(|(key, ..)| text(key)).collect();
    let mut file = [pickle(&[magic]), pickle(&[&int(1001)])].concat();
    file.extend(pickle(&[&dict(&[("little_endian", b"\x88".to_vec())])]));
    file.extend(object);
    file.extend(pickle(&[b"](", &keys, b"e"]));
    for (_, count, bytes) in storages {
        file.extend(count.to_le_bytes());
        file.extend(*bytes);
    }
    file
}
