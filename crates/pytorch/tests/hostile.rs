//! Files that nobody's PyTorch wrote: what they are refused with, and how little it takes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "the engine's tests and the fuzz targets use the rest")]
#[path = "../../../tests/engine/allocation.rs"]
mod allocation;
mod support;

use std::cell::Cell;
use std::time::Instant;

use c3lrp_pytorch::{Bytes, Error, Kind, Layout, Source, is_checkpoint, open};
use pollster::block_on;
use support::{PLAIN, Tensor, dict, global, int, legacy, pickle, text, tuple, zip, zipped};

#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;

/// How much memory a byte of a pickle may take, compared with a byte of any other file: `]` is a list.
const SHARE: usize = 4;

/// With no more memory than the file justifies, and without delay.
fn read(file: &[u8]) -> Result<Layout, String> {
    let start = Instant::now();
    let read =
        allocation::bounded(SHARE * file.len(), || block_on(open(&Bytes(file))).map_err(|error| error.to_string()));
    assert!(start.elapsed().as_secs() < 5, "{:?} for {} bytes", start.elapsed(), file.len());
    read
}

#[track_caller]
fn refused(file: &[u8], with: &str) {
    let error = read(file).map(|layout| layout.tensors.len()).unwrap_err();
    assert!(error.contains(with), "{error}");
    assert!(error.len() < 800, "{error}");
}

/// An object in a checkpoint of each format, with 24 bytes of storage 0.
fn both(object: &[&[u8]]) -> [Vec<u8>; 2] {
    let object = pickle(object);
    let stored = object.windows(7).any(|bytes| bytes == b"Storage");
    let storages: &[(&str, i64, &[u8])] = if stored { &[("0", 6, &[7; 24])] } else { &[] };
    [zipped(&object, &[("0", &[7; 24])]), legacy(&object, storages)]
}

#[track_caller]
fn both_refused(object: &[&[u8]], with: &str) {
    for file in both(object) {
        refused(&file, with);
    }
}

#[track_caller]
fn tensor_refused(tensor: &Tensor<'_>, with: &str) {
    both_refused(&[&dict(&[("fc.weight", tensor.pickled())])], with);
    both_refused(&[&dict(&[("fc.weight", tensor.pickled())])], "\"fc.weight\"");
}

#[test]
fn the_plain_one_is_read() {
    for file in both(&[&dict(&[("fc.weight", PLAIN.pickled()), ("epoch", int(-4))])]) {
        let layout = read(&file).unwrap();
        let [tensor] = &layout.tensors[..] else { panic!("{layout:?}") };
        assert_eq!((tensor.name.as_str(), tensor.kind, &tensor.shape[..]), ("fc.weight", Kind::F32, &[2, 3][..]));
        assert_eq!(file[usize::try_from(tensor.start).unwrap()..][..24], [7; 24]);
        assert_eq!(layout.metadata["epoch"], "-4");
        assert!(tensor.is_contiguous());
    }
}

#[test]
fn views_of_old_checkpoints_are_read() {
    let tensor = Tensor { view: Some([2, 3]), shape: &[2], strides: &[1], offset: 1, ..PLAIN };
    for file in both(&[&tensor.pickled()]) {
        let whole = read(&both(&[&PLAIN.pickled()])[0]).unwrap();
        assert_eq!(whole.tensors[0].name, "");
        let layout = read(&file).unwrap();
        let start = usize::try_from(layout.tensors[0].start).unwrap();
        assert_eq!(file[start - 12..][..24], [7; 24]);
    }
    tensor_refused(&Tensor { view: Some([2, 5]), shape: &[1], strides: &[1], ..PLAIN }, "elements 2 to 2 + 5");
    tensor_refused(&Tensor { view: Some([2, 3]), shape: &[4], strides: &[1], ..PLAIN }, "beyond its storage of 3");
    tensor_refused(&Tensor { view: Some([i64::MAX, i64::MAX]), ..PLAIN }, "lies in elements");
}

#[test]
fn tensors_beyond_their_storage_are_refused() {
    tensor_refused(&Tensor { offset: 1, ..PLAIN }, "beyond its storage of 6 elements");
    tensor_refused(&Tensor { shape: &[3, 3], ..PLAIN }, "beyond its storage of 6 elements");
    tensor_refused(&Tensor { strides: &[4, 1], ..PLAIN }, "beyond its storage of 6 elements");
    tensor_refused(&Tensor { shape: &[-2, 3], ..PLAIN }, "[-2, 3]");
    tensor_refused(&Tensor { strides: &[-3, 1], ..PLAIN }, "[-3, 1]");
    tensor_refused(&Tensor { offset: -1, ..PLAIN }, "element -1");
    tensor_refused(&Tensor { strides: &[1], ..PLAIN }, "[1]");
    tensor_refused(&Tensor { shape: &[i64::MAX, i64::MAX], strides: &[i64::MAX, i64::MAX], ..PLAIN }, "beyond");
    tensor_refused(&Tensor { shape: &[1 << 62], strides: &[4], ..PLAIN }, "beyond");
    tensor_refused(&Tensor { offset: i64::MAX, ..PLAIN }, "beyond");
    tensor_refused(&Tensor { count: 7, ..PLAIN }, "of which the file has 24 bytes");
    tensor_refused(&Tensor { count: i64::MAX, ..PLAIN }, "of which the file has 24 bytes");
    both_refused(&[&Tensor { count: -1, ..PLAIN }.pickled()], "-1 elements");
    both_refused(&[&Tensor { shape: &[1; 65], strides: &[1; 65], ..PLAIN }.pickled()], "more than 64");
    refused(&zipped(&pickle(&[&Tensor { key: "1", ..PLAIN }.pickled()]), &[]), "storage \"1\"");
}

#[test]
fn repeated_elements_are_no_more_than_the_file() {
    let tensor = Tensor { shape: &[1 << 40, 1 << 40], strides: &[0, 0], ..PLAIN };
    let tensors =
        dict(&[("mask", tensor.pickled()), ("wide", Tensor { shape: &[1 << 20], strides: &[0], ..PLAIN }.pickled())]);
    for file in both(&[&tensors]) {
        let layout = read(&file).unwrap();
        assert_eq!(layout.tensors, []);
        assert!(["mask", "wide"].iter().all(|name| layout.unreadable[*name].to_string().contains("repeated")));
    }
    let tensor = Tensor { shape: &[1 << 62, 1 << 62, 0], strides: &[1 << 62, 1 << 62, 1], offset: 99, ..PLAIN };
    for file in both(&[&tensor.pickled()]) {
        let layout = read(&file).unwrap();
        assert_eq!((layout.tensors[0].elements(), layout.tensors[0].span()), (0, 0));
        assert_eq!(layout.tensors[0].pack(&[]), Some(Vec::new()));
    }
}

#[test]
fn code_is_refused_by_its_name() {
    let call = [global("posix", "system"), tuple(&[text("rm -rf /")]), b"R".to_vec()].concat();
    both_refused(&[&call], "\"posix.system\"");
    both_refused(&[&dict(&[("a", call)])], "torch.save(model.state_dict(), \"model.pth\")");
    both_refused(&[&text("os"), &text("system"), b"\x93"], "\"os.system\"");
    both_refused(&[&global("builtins", "eval")], "\"builtins.eval\"");
    both_refused(&[&global("__torch__.torch.nn", "Linear")], "TorchScript");
    both_refused(&[&global(&"a".repeat(900), "b")], "…");
    both_refused(&[&global(&"a".repeat(2000), "b")], "1 KiB");
    // A whole module of an old checkpoint.
    let id = tuple(&[text("module"), global("__main__", "Net"), text("net.py"), text("class Net: ...")]);
    both_refused(&[&id, b"Q"], "\"__main__.Net\"");
    // What may be named doesn't do anything unexpected.
    both_refused(&[&global("torch", "FloatStorage"), b")R"], "makes a storage");
    both_refused(&[&global("torch._utils", "_rebuild_tensor_v2"), b")R"], "without a storage");
    both_refused(&[b"})R"], "no name");
    let mut nested = tuple(&[]);
    for _ in 0..5000 {
        let function = global("torch._tensor", "_rebuild_from_type_v2");
        nested = [b"(", &function[..], &global("torch", "Tensor"), &nested, b"}t"].concat();
    }
    both_refused(&[&global("torch._tensor", "_rebuild_from_type_v2"), &nested, b"R"], "by a function that doesn't");
}

#[test]
fn what_unfolds_is_bounded() {
    // Each list holds the one before it twice.
    let mut bomb = b"]q\0".to_vec();
    for level in 1..60u8 {
        bomb.extend([b'0', b']', b'q', level, b'(', b'h', level - 1, b'h', level - 1, b'e']);
    }
    both_refused(&[&bomb], "again and again");
    // A tensor's name is long, and there are many of it.
    let mut names = [&text(&"n".repeat(900))[..], b"q\0", &PLAIN.pickled(), b"q\x0100}"].concat();
    names.extend(b"h\0}(");
    for number in 0..20_000u16 {
        names.extend([&b"M"[..], &number.to_le_bytes(), b"h\x01"].concat());
    }
    names.extend(b"us");
    both_refused(&[&names], "again and again");
    // Values that aren't tensors are left out.
    let text_again = [&text(&"n".repeat(60_000))[..], b"q\x000](", &b"h\0".repeat(50_000), b"e"].concat();
    for file in both(&[&text_again]) {
        let metadata = read(&file).unwrap().metadata;
        assert!(metadata.len() > 5 && metadata.len() < 100, "{}", metadata.len());
    }
    // Dictionaries of the same pairs.
    let pairs = [b"](".to_vec(), tuple(&[text("a"), int(1)]).repeat(2000), b"eq\0".to_vec()].concat();
    let dictionary = [&global("collections", "OrderedDict")[..], b"h\0\x85R"].concat();
    both_refused(&[&pairs, &dictionary.repeat(2000)], "again and again");
    // Many values in few bytes.
    for part in [&b"N"[..], b"]", b"}", b")", b"(", b"\x94", b"N\x85", b"2", b"]q\0"] {
        for file in both(&[b"N", &part.repeat(300_000)]) {
            _ = read(&file);
        }
    }
}

#[test]
fn cycles_and_depth_are_refused() {
    both_refused(&[b"]q\0h\0a"], "holds itself");
    both_refused(&[b"}q\0", &text("a"), b"h\0s"], "holds itself");
    both_refused(&[&global("argparse", "Namespace"), b")\x81q\0h\0b"], "holds itself");
    both_refused(&[&b"]".repeat(65), &b"a".repeat(64)], "64 deep");
    both_refused(&[&b"]".repeat(100_000), &b"a".repeat(99_999)], "64 deep");
    for file in both(&[&b"]".repeat(64), &b"a".repeat(63)]) {
        read(&file).unwrap();
    }
    let (named, tensor) = ([&text(&"a".repeat(2000))[..], &PLAIN.pickled()].concat(), PLAIN.pickled());
    both_refused(&[b"}", &named, b"s"], "more than 1024 bytes");
    both_refused(&[&dict(&[("a.b", tensor.clone()), ("a", dict(&[("b", tensor)]))])], "two tensors named \"a.b\"");
}

#[test]
fn broken_pickles_are_refused() {
    for (object, with) in [
        (&b"I01\n"[..], "0x49 at byte 2"),
        (b"\xff", "0xff"),
        (b"0", "isn't there"),
        (b"R", "isn't there"),
        (b"NN\x85R", "no name"),
        (b"t", "a mark that isn't there"),
        (b"(N\x86", "isn't there"),
        (b"h\x05", "memory"),
        (b"j\xff\xff\xff\xff", "memory"),
        (b"Nr\xff\xff\xff\xff", "beyond what it holds"),
        (b"Na", "isn't there"),
        (b"NNa", "no list"),
        (b"](NNNu", "no dictionary"),
        (b"}(NNNu", "no dictionary"),
        (b"NQ", "something other than a storage"),
        (b"\x8b\xff\xff\xff\xff", "-1 bytes"),
        (b"T\0\0\0\x80", "-2147483648 bytes"),
        (b"\x80\x06", "protocol 6"),
        (b"NN\x93", "no text"),
    ] {
        both_refused(&[object], with);
    }
    for short in [&b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff"[..], b"X\xff\xff\xff\xffa", b"\x8d\0\0\0\0\0\0\0\x80"] {
        both_refused(&[short], "cut off");
    }
    assert_eq!(read(&both(&[b"(0N"])[0]).unwrap(), Layout::default());
    assert_eq!(read(&both(&[b"((N10N"])[0]).unwrap(), Layout::default());
}

#[test]
fn storages_of_old_checkpoints_lie_in_the_file() {
    let object = pickle(&[&PLAIN.pickled()]);
    refused(&legacy(&object, &[("0", 7, &[0; 24])]), "cut off");
    refused(&legacy(&object, &[("0", i64::MAX, &[0; 24])]), "9223372036854775807 elements");
    refused(&legacy(&object, &[("0", -1, &[0; 24])]), "-1 elements");
    refused(&legacy(&object, &[("0", 5, &[0; 24])]), "of which the file has 20 bytes");
    refused(&legacy(&object, &[("1", 6, &[0; 24])]), "storage \"1\"");
    refused(&legacy(&object, &[]), "doesn't hold");
    let whole = legacy(&object, &[("0", 6, &[0; 24])]);
    refused(&whole[..whole.len() - 30], "cut off");
    assert!(read(&[&whole[..], b"more"].concat()).is_ok());
}

#[test]
fn other_files_are_told_apart() {
    refused(b"", "neither as a zip archive nor as a pickle");
    refused(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n", "Git LFS");
    let mut tar = vec![0; 1024];
    tar[..8].copy_from_slice(b"sys_info");
    tar[257..262].copy_from_slice(b"ustar");
    refused(&tar, "tar archive");
    refused(&pickle(&[b"}"]), "not one of torch.save");
    let magic = pickle(&[b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"]);
    refused(&[magic.clone(), pickle(&[&int(1002)])].concat(), "says 1002 where version 1001");
    refused(&[magic, pickle(&[&text(&"a".repeat(5000))])].concat(), "says nothing");
    refused(b"PK\x03\x04", "cut off");
    refused(&zip(&[("model/data.bin", b"")], 0, false, 0), "no data.pkl");
    refused(&zip(&[("a/data.pkl", b"N."), ("b/data.pkl", b"N.")], 0, false, 0), "\"a/data.pkl\" and \"b/data.pkl\"");
    refused(&zip(&[("a/data.pkl", b"N."), ("a/data.pkl", b"N.")], 0, false, 0), "twice");
    refused(&zip(&[("a/data.pkl", b"N.")], 8, false, 0), "compressed");
    refused(&zip(&[("a/data.pkl", b"N."), ("a/byteorder", b"big")], 0, false, 0), "\"big\"");
    refused(&zip(&[("a/data.pkl", b"N."), ("a/byteorder", &[b'a'; 99])], 0, false, 0), "99 bytes");
    assert!(read(&zip(&[("data.pkl", b"N.")], 0, false, 0)).is_ok());
    let big = dict(&[("little_endian", b"\x89".to_vec())]);
    let file = legacy(&pickle(&[b"N"]), &[]);
    let little = pickle(&[&dict(&[("little_endian", b"\x88".to_vec())])]);
    let at = file.windows(little.len()).position(|bytes| bytes == little).unwrap();
    refused(&[&file[..at], &pickle(&[&big]), &file[at + little.len()..]].concat(), "big-endian");
    assert!(is_checkpoint(&file[..4]) && !is_checkpoint(b"") && !is_checkpoint(&[0x80, 2]));
    // A safetensors file whose header has 640 or 1152 bytes.
    assert!(!is_checkpoint(b"\x80\x02\0\0\0\0\0\0{\"a\":") && !is_checkpoint(b"\x80\x04\0\0\0\0\0\0{\"a\":"));
}

/// Bytes after a beginning and a gap.
struct Sparse {
    first: Vec<u8>,
    shift: u64,
    rest: Vec<u8>,
}

impl Source for Sparse {
    type Error = &'static str;

    fn size(&self) -> u64 {
        self.shift + self.rest.len() as u64
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Self::Error> {
        if start + into.len() as u64 > self.size() {
            return Err("beyond the end");
        }
        for (at, byte) in (start..).zip(into) {
            let first = self.first.get(usize::try_from(at).unwrap());
            let rest = at.checked_sub(self.shift).and_then(|at| self.rest.get(usize::try_from(at).unwrap()));
            *byte = first.or(rest).copied().unwrap_or(0);
        }
        Ok(())
    }
}

#[test]
fn zip64_goes_beyond_four_gigabytes() {
    let object = pickle(&[&dict(&[("fc.weight", PLAIN.pickled())])]);
    let files = [("m/data.pkl", &object[..]), ("m/data/0", &[7; 24])];
    assert_eq!(read(&zip(&files, 0, true, 0)).unwrap().tensors.len(), 1);
    let shift = 5 << 30;
    let source = Sparse { first: b"PK\x03\x04".to_vec(), shift, rest: zip(&files, 0, true, shift) };
    let layout = block_on(open(&source)).unwrap();
    let mut bytes = [0; 24];
    block_on(source.read(layout.tensors[0].start, &mut bytes)).unwrap();
    assert!(layout.tensors[0].start > shift && bytes == [7; 24]);
    // A directory that says it is elsewhere.
    let mut moved = zip(&files, 0, true, 0);
    let at = moved.windows(4).position(|bytes| bytes == b"PK\x06\x06").unwrap() + 48;
    for place in [0u64, 1, 1 << 40, u64::MAX] {
        moved[at..at + 8].copy_from_slice(&place.to_le_bytes());
        assert!(read(&moved).is_err());
    }
}

/// One whose file is gone after so many reads.
struct Failing<'a>(&'a [u8], Cell<usize>);

impl Source for Failing<'_> {
    type Error = String;

    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<(), String> {
        let left = self.1.get().checked_sub(1).ok_or("it is gone")?;
        self.1.set(left);
        Bytes(self.0).read(start, into).await
    }
}

#[test]
fn what_a_source_fails_with_is_passed_on() {
    for file in both(&[&PLAIN.pickled()]) {
        let mut reads = 0;
        loop {
            match block_on(open(&Failing(&file, Cell::new(reads)))) {
                Ok(_) => break,
                Err(error) => assert!(matches!(&error, Error::Source(why) if why == "it is gone"), "{error}"),
            }
            reads += 1;
        }
        assert!((2..8).contains(&reads), "{reads}");
    }
}

#[test]
fn many_storages_are_found() {
    let keys: Vec<String> = (0..3000).map(|key| key.to_string()).collect();
    let tensors: Vec<Vec<u8>> = keys.iter().map(|key| Tensor { key, ..PLAIN }.pickled()).collect();
    let object = pickle(&[&tuple(&tensors)]);
    let storages: Vec<(&str, &[u8])> = keys.iter().map(|key| (key.as_str(), &[7; 24][..])).collect();
    let file = zipped(&object, &storages);
    let layout = read(&file).unwrap();
    assert_eq!(layout.tensors.len(), 3000);
    assert!(layout.tensors.iter().all(|tensor| file[usize::try_from(tensor.start).unwrap()..][..24] == [7; 24]));
    let storages: Vec<_> = keys.iter().map(|key| (key.as_str(), 6, &[7; 24][..])).collect();
    let file = legacy(&object, &storages);
    let layout = read(&file).unwrap();
    assert!(layout.tensors.iter().all(|tensor| file[usize::try_from(tensor.start).unwrap()..][..24] == [7; 24]));
    assert_eq!((layout.tensors.len(), &layout.tensors[2999].name[..]), (3000, "2999"));
}
