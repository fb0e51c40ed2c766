//! The names that a pickle may mention.

use crate::Kind;
use crate::draft::Element;
use crate::error::{SAVE, quoted};
use crate::message::{Message, Phrase, phrase, say};

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Global {
    /// A dictionary of some kind.
    Dict,
    /// A list or tuple of some kind, containing its arguments.
    Sequence,
    /// An object that only consists of its attributes.
    Namespace,
    /// A storage's class.
    Storage(Element),
    /// A type of elements; none if tensors with it aren't read.
    Type(Option<Kind>),
    /// A tensor; its first arguments are storage, offset, shape and strides.
    Tensor,
    /// As `Tensor`, with a seventh argument for the type.
    TypedTensor,
    /// A tensor, with what PyTorch remembers about it.
    Parameter,
    /// A tensor of a subclass; its arguments are a function, the class, and the function's arguments.
    Subclass,
    /// A tensor's class.
    Class,
    /// A tensor that isn't read, with what it is.
    Unreadable(&'static Phrase),
    /// Something harmless that is left out, with everything in it.
    Opaque,
}

use Global::{
    Class, Dict, Namespace, Opaque, Parameter, Sequence, Storage, Subclass, Tensor, Type, TypedTensor, Unreadable,
};

const fn typed(kind: Kind) -> Global {
    Storage(Element { kind: Some(kind), bytes: kind.bytes() as u8 })
}

const fn untyped(bytes: u8) -> Global {
    Storage(Element { kind: None, bytes })
}

const SPARSE: Global = Unreadable(phrase!("tensor-sparse", "a sparse tensor"));
const QUANTISED: Global = Unreadable(phrase!("tensor-quantised", "a quantised tensor"));

/// Modules, names in them, and what the names stand for. Nothing here is ever called: a name only leads to what it
/// stands for. Every other name is refused.
const TABLE: &[(&[&str], &[&str], Global)] = &[
    // Containers.
    (&["collections"], &["OrderedDict", "Counter", "defaultdict"], Dict),
    (&["builtins", "__builtin__"], &["dict"], Dict),
    (&["builtins", "__builtin__"], &["list", "tuple"], Sequence),
    (&["torch"], &["Size"], Sequence),
    (&["argparse"], &["Namespace"], Namespace),
    (&["types"], &["SimpleNamespace"], Namespace),
    (&["pytorch_lightning.utilities.parsing", "lightning.pytorch.utilities.parsing"], &["AttributeDict"], Dict),
    (&["lightning_fabric.utilities.data", "lightning.fabric.utilities.data"], &["AttributeDict"], Dict),
    (&["addict.addict"], &["Dict"], Dict),
    (&["mmcv.utils.config", "mmengine.config.config"], &["ConfigDict"], Dict),
    (&["easydict"], &["EasyDict"], Dict),
    // Tensors.
    (&["torch._utils"], &["_rebuild_tensor", "_rebuild_tensor_v2"], Tensor),
    (&["torch._utils"], &["_rebuild_tensor_v3"], TypedTensor),
    (&["torch._utils"], &["_rebuild_parameter", "_rebuild_parameter_with_state"], Parameter),
    (&["torch._tensor"], &["_rebuild_from_type", "_rebuild_from_type_v2"], Subclass),
    (&["torch"], &["Tensor"], Class),
    (&["torch.nn.parameter"], &["Parameter", "Buffer"], Class),
    (&["torch._utils"], &["_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor"], SPARSE),
    (&["torch._utils"], &["_rebuild_qtensor"], QUANTISED),
    (&["torch._utils"], &["_rebuild_nested_tensor"], Unreadable(phrase!("tensor-nested", "a nested tensor"))),
    (
        &["torch._utils"],
        &["_rebuild_meta_tensor_no_storage"],
        Unreadable(phrase!("tensor-empty", "a tensor without values")),
    ),
    // Storages. Those on GPUs are stored in the same way.
    (&["torch", "torch.cuda"], &["DoubleStorage"], typed(Kind::F64)),
    (&["torch", "torch.cuda"], &["FloatStorage"], typed(Kind::F32)),
    (&["torch", "torch.cuda"], &["HalfStorage"], typed(Kind::F16)),
    (&["torch", "torch.cuda"], &["BFloat16Storage"], typed(Kind::BF16)),
    (&["torch", "torch.cuda"], &["LongStorage"], typed(Kind::I64)),
    (&["torch", "torch.cuda"], &["IntStorage"], typed(Kind::I32)),
    (&["torch", "torch.cuda"], &["ShortStorage"], typed(Kind::I16)),
    (&["torch", "torch.cuda"], &["CharStorage"], typed(Kind::I8)),
    (&["torch", "torch.cuda"], &["ByteStorage"], typed(Kind::U8)),
    (&["torch", "torch.cuda"], &["BoolStorage"], typed(Kind::Bool)),
    (&["torch", "torch.cuda"], &["ComplexDoubleStorage"], untyped(16)),
    (&["torch", "torch.cuda"], &["ComplexFloatStorage"], untyped(8)),
    (&["torch", "torch.cuda"], &["QInt32Storage"], untyped(4)),
    (&["torch", "torch.cuda"], &["QInt8Storage", "QUInt8Storage", "QUInt4x2Storage", "QUInt2x4Storage"], untyped(1)),
    (&["torch", "torch.storage"], &["UntypedStorage", "_UntypedStorage"], untyped(1)),
    // Types of elements.
    (&["torch"], &["float64", "double"], Type(Some(Kind::F64))),
    (&["torch"], &["float32", "float"], Type(Some(Kind::F32))),
    (&["torch"], &["float16", "half"], Type(Some(Kind::F16))),
    (&["torch"], &["bfloat16"], Type(Some(Kind::BF16))),
    (&["torch"], &["int64", "long"], Type(Some(Kind::I64))),
    (&["torch"], &["int32", "int"], Type(Some(Kind::I32))),
    (&["torch"], &["int16", "short"], Type(Some(Kind::I16))),
    (&["torch"], &["int8"], Type(Some(Kind::I8))),
    (&["torch"], &["uint8"], Type(Some(Kind::U8))),
    (&["torch"], &["bool"], Type(Some(Kind::Bool))),
    (&["torch"], &["uint16", "uint32", "uint64", "complex32", "complex64", "complex128"], Type(None)),
    (&["torch"], &["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"], Type(None)),
    (&["torch"], &["qint8", "quint8", "qint32", "quint4x2", "quint2x4"], Type(None)),
    // Harmless; left out.
    (&["torch"], &["device", "strided", "contiguous_format", "channels_last", "preserve_format"], Opaque),
    (&["torch"], &["per_tensor_affine", "per_tensor_symmetric", "per_channel_affine", "per_channel_symmetric"], Opaque),
    (&["torch"], &["sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc"], Opaque),
    (&["torch.serialization"], &["_get_layout"], Opaque),
    (&["builtins", "__builtin__"], &["set", "frozenset", "complex", "bytearray", "slice", "range", "object"], Opaque),
    (&["builtins", "__builtin__"], &["int", "long", "float", "bool", "str", "unicode", "bytes", "type"], Opaque),
    (&["collections"], &["deque"], Opaque),
    (&["numpy.core.multiarray", "numpy._core.multiarray"], &["scalar", "_reconstruct"], Opaque),
    (&["numpy.core.numeric", "numpy._core.numeric"], &["_frombuffer"], Opaque),
    (&["numpy"], &["dtype", "ndarray", "float64", "float32", "int64", "int32", "bool_", "str_"], Opaque),
    (&["numpy.dtypes"], &["Float64DType", "Float32DType", "Int64DType", "Int32DType", "BoolDType"], Opaque),
    (&["numpy.random"], &["__RandomState_ctor"], Opaque),
    (&["numpy.random._pickle"], &["__randomstate_ctor", "__bit_generator_ctor", "__generator_ctor"], Opaque),
    (&["_codecs"], &["encode"], Opaque),
    (&["datetime"], &["datetime", "date", "time", "timedelta", "timezone"], Opaque),
    (&["decimal"], &["Decimal"], Opaque),
    (&["uuid"], &["UUID"], Opaque),
    (&["pathlib", "pathlib._local"], &["Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"], Opaque),
    (&["typing"], &["Any", "Dict", "List", "Optional", "Tuple", "Union"], Opaque),
    (&["omegaconf.dictconfig"], &["DictConfig"], Opaque),
    (&["omegaconf.listconfig"], &["ListConfig"], Opaque),
    (&["omegaconf.base"], &["ContainerMetadata", "Metadata"], Opaque),
    (&["omegaconf.nodes"], &["AnyNode", "StringNode", "IntegerNode", "FloatNode", "BooleanNode"], Opaque),
    (&["mmengine.logging.history_buffer"], &["HistoryBuffer"], Opaque),
    (&["pytorch_lightning.callbacks.model_checkpoint"], &["ModelCheckpoint"], Opaque),
    (&["pytorch_lightning.callbacks.early_stopping"], &["EarlyStopping"], Opaque),
];

impl Global {
    /// What a name stands for.
    ///
    /// # Errors
    /// The sentence that refuses it.
    pub fn named(module: &str, name: &str) -> Result<Self, Message> {
        let row = TABLE.iter().find(|(modules, names, _)| modules.contains(&module) && names.contains(&name));
        row.map(|&(_, _, global)| global).ok_or_else(|| {
            let script = module == "__torch__" || module.starts_with("__torch__.");
            let name = quoted(&format!("{module}.{name}"));
            match script {
                true => say!(
                    "torchscript",
                    "the checkpoint holds a TorchScript program: it names {name}, which only running its Python code could rebuild, and nothing of a file is run. Open it with torch.jit.load where you trust it, and save the tensors alone: {save}",
                    name,
                    save = SAVE
                ),
                false => say!(
                    "more-than-tensors",
                    "the checkpoint holds more than tensors: it names {name}, which only running its Python code could rebuild, and nothing of a file is run. Open it with torch.load where you trust it, and save the tensors alone: {save}",
                    name,
                    save = SAVE
                ),
            }
        })
    }
}
