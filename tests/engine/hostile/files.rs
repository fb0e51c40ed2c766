//! Lists of labels, arrays and pictures.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use c3lrp::Labels;

use super::{scratch, told};
use crate::files;
use crate::support::small;

#[test]
fn lists_of_labels_are_names_one_for_each_class() {
    let path = scratch("labels").join("labels.txt");
    let read = |bytes: &[u8], classes| {
        std::fs::write(&path, bytes).unwrap();
        files::labels(&path, classes)
    };
    assert_eq!(read(b"a\nb\nc", 3).unwrap().names(), ["a", "b", "c"]);
    for (bytes, words) in [
        (&b"a\nb"[..], "the list names 2 classes, and the network has 3"),
        (b"", "the list is empty"),
        (b"a\nb\n\xff", "line 3 is no UTF-8 text"),
        (b"[\"a\",\"b\",\"c\"", "read as JSON"),
        ("[".repeat(100_000).as_bytes(), "read as JSON: recursion limit"),
        (r#"{"a":"#.repeat(100_000).as_bytes(), "read as JSON: recursion limit"),
        ("\n".repeat(100_000).as_bytes(), "the list is empty"),
        ("a\n".repeat(100_000).as_bytes(), "the list names 100000 classes"),
        ("0,a\n".repeat(100_000).as_bytes(), "the index 0 comes twice"),
        ("a,b,id\n".repeat(100_000).as_bytes(), "the list names 100000 classes"),
        (format!("id,name{}", ",".repeat(100_000)).as_bytes(), "the list holds no names"),
        ("name,\"".repeat(100_000).as_bytes(), "can't be used"),
        (format!("[{}1]", "1,".repeat(100_000)).as_bytes(), "item 0 of the list is no name"),
        ("x".repeat(Labels::MOST_BYTES + 1).as_bytes(), "at most 16 MB"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = told(bytes.len(), || files::labels(&path, 3)).to_string();
        assert!(error.contains("labels.txt can't be used as a list of class names: "), "{error}");
        assert!(error.contains(words), "{words}: {error}");
    }
}

/// A .npy file of a header and so many values.
fn npy(header: &str, values: usize) -> Vec<u8> {
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\0", &length[..], header.as_bytes(), &vec![0; 4 * values]].concat()
}

#[test]
fn arrays_that_lie_are_refused() {
    let path = Path::new("input.npy");
    let header = |dtype: &str, fortran: &str, shape: &str| {
        format!("{{'descr': {dtype}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
    };
    let plain = |shape: &str| header("'<f4'", "False", shape);
    let whole = npy(&plain("(1, 3, 2, 2)"), 12);
    assert_eq!(files::npy(path, &whole[..], whole.len() as u64).unwrap(), (vec![0.0; 12], 2, 2));
    let longest = [b"\x93NUMPY\x02\0", &u32::MAX.to_le_bytes()[..], b"{}"].concat();
    let most = u64::MAX;
    for (bytes, words) in [
        (vec![], "doesn't begin"),
        (b"\x93NUMPY\x01\0".to_vec(), "doesn't begin"),
        (b"\x93NUMPY\x09\0\x01\0{}\n\n\n\n".to_vec(), "doesn't begin"),
        (b"PK\x03\x04 an archive of arrays".to_vec(), "doesn't begin"),
        (longest, "its header would have 4294967307 bytes"),
        (b"\x93NUMPY\x01\0\xff\xff{}".to_vec(), "its header would have 65545 bytes"),
        (npy("", 0), "read as .npy"),
        (npy("{\u{c3}", 0), "read as .npy"),
        (npy(&"[".repeat(900), 0), "something else than one plain array"),
        (npy(&"{1:".repeat(300), 0), "something else than one plain array"),
        (npy(&header("[('a', '<f4')]", "False", "(3, 2, 2)"), 12), "something else than one plain array"),
        (npy(&header("'|O'", "False", "(3, 2, 2)"), 12), "read as float32"),
        (npy(&header("'<f8'", "False", "(3, 2, 2)"), 12), "read as float32"),
        (npy(&header("'<f4'", "True", "(3, 2, 2)"), 12), "in C order was expected"),
        (npy(&header("'<f4'", "1", "(3, 2, 2)"), 12), "not a bool"),
        (npy(&plain("(4, 2, 2)"), 16), "it has the shape [4, 2, 2]"),
        (npy(&plain("()"), 1), "it has the shape []"),
        (npy(&plain("(3, -2, 2)"), 12), "cannot be negative"),
        (npy(&plain(&format!("(3, {most}, {most})")), 12), "which is not what its shape"),
        (npy(&plain("(3, 6148914691236517206, 1)"), 12), "which is not what its shape"),
        (npy(&plain("(3, 99999999999999999999, 1)"), 12), "cannot be larger than u64"),
        (npy(&plain("(3, 0, 2)"), 12), "48 bytes follow its header"),
        (npy(&plain("(3, 2, 2)"), 11), "44 bytes follow its header"),
        (npy(&plain("(3, 2, 2)"), 13), "52 bytes follow its header"),
        (npy(&plain("(3, 100000, 100000)"), 12), "48 bytes follow its header"),
    ] {
        let error = told(bytes.len(), || files::npy(path, &bytes[..], bytes.len() as u64)).to_string();
        assert!(error.contains("input.npy can't be") && error.contains(words), "{words}: {error}");
    }
}

/// A small picture whose header says 60,000 × 60,000 pixels, or as many as its kind can.
fn bomb(format: image::ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut file, format).unwrap();
    let mut file = file.into_inner();
    let place = |file: &[u8], mark: &[u8]| file.windows(mark.len()).position(|part| part == mark).unwrap();
    match format {
        image::ImageFormat::Png => {
            let at = place(&file, b"IHDR");
            file[at + 4..at + 12].copy_from_slice(&[60_000u32.to_be_bytes(); 2].concat());
            let sum = crc32(&file[at..at + 17]);
            file[at + 17..at + 21].copy_from_slice(&sum.to_be_bytes());
        }
        image::ImageFormat::Jpeg => {
            let at = place(&file, &[0xff, 0xc0, 0, 17, 8]);
            file[at + 5..at + 9].copy_from_slice(&[60_000u16.to_be_bytes(); 2].concat());
        }
        _ => {
            let at = place(&file, b"VP8L");
            file[at + 9..at + 12].copy_from_slice(&[0xfe, 0xbf, 0xff]);
            file[at + 12] |= 0x0f;
        }
    }
    file
}

/// PNG's checksum.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn image_bombs_are_refused_by_their_header() {
    let folder = scratch("bombs");
    for (format, name, size) in [
        (image::ImageFormat::Png, "bomb.png", "60000×60000"),
        (image::ImageFormat::Jpeg, "bomb.jpg", "60000×60000"),
        (image::ImageFormat::WebP, "bomb.webp", "16383×16383"),
    ] {
        let bytes = bomb(format);
        assert!(bytes.len() < 2000);
        let path = folder.join(name);
        std::fs::write(&path, &bytes).unwrap();
        let error = told(bytes.len(), || files::picture(&path)).to_string();
        assert!(
            error.contains(&format!("{name} can't be read as a picture: its header says {size} pixels")),
            "{error}"
        );
        assert!(error.ends_with("at most 100 megapixels are taken; make it smaller"), "{error}");
    }

    // Through the whole command line: the others are measured.
    let weights = folder.join("small.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_c3lrp"))
            .args(arguments)
            .args(["--weights", weights.to_str().unwrap()])
            .output()
            .unwrap()
    };
    let explained = run(&["explain", folder.join("bomb.png").to_str().unwrap(), "--device", "cpu"]);
    let words = String::from_utf8(explained.stderr).unwrap();
    assert!(!explained.status.success() && words.contains("60000×60000 pixels"), "{words}");
    image::RgbImage::new(9, 9).save(folder.join("plain.png")).unwrap();
    let measured = run(&["evaluate", folder.to_str().unwrap(), "--methods", "uniform"]);
    let table = String::from_utf8(measured.stdout).unwrap();
    assert!(measured.status.success() && table.contains("1 of 4 pictures measured, 3 failed"), "{table}");
}
