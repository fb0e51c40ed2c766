//! Types of elements.

/// The type of a tensor's elements. All are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// IEEE 754's binary64, `torch.float64`.
    F64,
    /// IEEE 754's binary32, `torch.float32`.
    F32,
    /// IEEE 754's binary16, `torch.float16`.
    F16,
    /// The upper half of an [`Kind::F32`], `torch.bfloat16`.
    BF16,
    /// `torch.int64`.
    I64,
    /// `torch.int32`.
    I32,
    /// `torch.int16`.
    I16,
    /// `torch.int8`.
    I8,
    /// `torch.uint8`.
    U8,
    /// `torch.bool`: a byte that is 0 or 1.
    Bool,
}

impl Kind {
    /// Bytes of an element.
    pub const fn bytes(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::F16 | Self::BF16 | Self::I16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }
}
