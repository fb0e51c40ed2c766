//! The types that can be parameters of a sentence.

use super::message::{Param, Say, Sentence, shortened};

/// How many bytes of each end are kept of a parameter that is too long.
const PART: usize = 100;

/// The largest number of items of a list in a message; a file's header may name a million.
const PARTS: usize = 64;

impl Say for str {
    fn param(&self) -> Param {
        let mut text = String::new();
        // Names from a file may reach a terminal, so control characters are replaced.
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

/// In as few digits as distinguish it from other f32 numbers: 0.485, not 0.48500001430511475.
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
