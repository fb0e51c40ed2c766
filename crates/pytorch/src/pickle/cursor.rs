//! Reads a pickle's bytes one after another.

use crate::error::{Trouble, quoted};
use crate::message::say;

pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The number of bytes that were read.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn take(&mut self, count: u64) -> Result<&'a [u8], Trouble> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = usize::try_from(count).ok().and_then(|count| rest.get(..count)).ok_or(Trouble::Short)?;
        self.at += taken.len();
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Trouble> {
        self.take(N as u64)?.try_into().map_err(|_| Trouble::Short)
    }

    pub fn u8(&mut self) -> Result<u8, Trouble> {
        self.array().map(u8::from_le_bytes)
    }

    pub fn u16(&mut self) -> Result<u16, Trouble> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Trouble> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Trouble> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn i32(&mut self) -> Result<i32, Trouble> {
        self.array().map(i32::from_le_bytes)
    }

    /// Pickles store these with the highest byte first.
    pub fn f64(&mut self) -> Result<f64, Trouble> {
        self.array().map(f64::from_be_bytes)
    }

    /// A length, which must not be negative.
    pub fn length(&mut self) -> Result<u64, Trouble> {
        let length = self.i32()?;
        u64::try_from(length).map_err(|_| {
            Trouble::Refused(say!(
                "pickle-text",
                "the checkpoint's pickle holds {length} bytes of text; the file is damaged",
                length = i64::from(length)
            ))
        })
    }

    /// Text up to the end of its line, which must not be longer than a name can be.
    pub fn line(&mut self) -> Result<&'a str, Trouble> {
        const MOST: usize = 1024;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let rest = rest.get(..MOST).unwrap_or(rest);
        match rest.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                let line = self.take(end as u64)?;
                self.at += 1;
                std::str::from_utf8(line).map_err(|_| {
                    let text = quoted(&String::from_utf8_lossy(line));
                    Trouble::Refused(say!(
                        "pickle-no-text",
                        "the checkpoint's pickle names {name}, which is no text; it is damaged",
                        name = text
                    ))
                })
            }
            None if rest.len() == MOST => Err(Trouble::Refused(say!(
                "pickle-long-name",
                "the checkpoint's pickle has a name of more than 1 KiB; it is damaged"
            ))),
            None => Err(Trouble::Short),
        }
    }
}
