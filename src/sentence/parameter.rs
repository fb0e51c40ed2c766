//! What can be a parameter of a sentence.

use super::message::{Param, Say, Sentence, shortened};

/// Bytes of each end of a parameter that is too long.
const PART: usize = 100;

/// The number of list items in a message; a header may name a million.
const PARTS: usize = 64;

impl Say for str {
    fn param(&self) -> Param {
        let mut text = String::new();
        // A file's names go to terminals.
        for char in shortened(self, PART).chars() {
            match char.is_control() && char != '\n' {
                true => text.extend(char.escape_default()),
                false => text.push(char),
            }
        }
        Param::Text(text)
    }
}

impl Say for String {
    fn param(&self) -> Param {
        self.as_str().param()
    }
}

impl Say for f64 {
    fn param(&self) -> Param {
        Param::Number(*self)
    }
}

/// In as few digits as tell it from others of 32 bits: 0.485, and not 0.48500001430511475.
impl Say for f32 {
    fn param(&self) -> Param {
        Param::Number(self.to_string().parse().unwrap_or_else(|_| f64::from(*self)))
    }
}

macro_rules! whole {
    ($($number:ty),*) => {$(
        impl Say for $number {
            fn param(&self) -> Param {
                Param::Whole(*self as u64)
            }
        }
    )*};
}
whole!(usize, u64, u32);

impl Say for i64 {
    fn param(&self) -> Param {
        match u64::try_from(*self) {
            Ok(number) => Param::Whole(number),
            Err(_) => Param::Number(*self as f64),
        }
    }
}

impl Say for Sentence {
    fn param(&self) -> Param {
        Param::Sentence(self.clone())
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn param(&self) -> Param {
        (**self).param()
    }
}

impl<T: Say> Say for [T] {
    fn param(&self) -> Param {
        let mut parts: Vec<_> = self.iter().take(PARTS).map(T::param).collect();
        if self.len() > PARTS {
            parts.push(Param::Text("…".into()));
        }
        Param::List(parts)
    }
}

impl<T: Say> Say for Vec<T> {
    fn param(&self) -> Param {
        self.as_slice().param()
    }
}

impl<T: Say, const N: usize> Say for [T; N] {
    fn param(&self) -> Param {
        self.as_slice().param()
    }
}
