// The words of the pickle machine that reader and writer share.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "src/formats/safetensors.h"

namespace baton::pt {

/// Each is one byte of a pickle; named as in Python's pickletools.py.
enum class Op : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kReduce = 'R',
  kNewObj = 0x81,
  kBuild = 'b',
  kGlobal = 'c',
  kStackGlobal = 0x93,
  kBinPersId = 'Q',
  kProto = 0x80,
  kFrame = 0x95,
  kNone = 'N',
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kLong1 = 0x8a,
  kBinFloat = 'G',
  kBinUnicode = 'X',
  kShortBinUnicode = 0x8c,
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kEmptyList = ']',
  kEmptyTuple = ')',
  kEmptyDict = '}',
  kAppend = 'a',
  kAppends = 'e',
  kSetItem = 's',
  kSetItems = 'u',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kBinPut = 'q',
  kLongBinPut = 'r',
  kMemoize = 0x94,
  kBinGet = 'h',
  kLongBinGet = 'j',
};

/// What a pickle may name.
enum class Global {
  kOrderedDict,
  kRebuildTensor,
  kRebuildTensorV3,
  kRebuildParameter,
  kSize,
  kEncode,
  kBytes,
  kReconstruct,
  kNdarray,
  kNumpyDtype,
  kStorage,
  kScriptStorage,
  kUntypedStorage,
  kTorchDtype,
  kTypedList,
  kTypedContainer,
};

struct GlobalRow {
  std::string_view module;
  std::string_view name;
  Global global;
  safetensors::Dtype dtype = safetensors::Dtype::kU8;  ///< of storages and kTorchDtype
};

using safetensors::Dtype;

inline constexpr std::array kGlobals = {
    GlobalRow{"collections", "OrderedDict", Global::kOrderedDict},
    GlobalRow{"torch._utils", "_rebuild_tensor_v2", Global::kRebuildTensor},
    GlobalRow{"torch._utils", "_rebuild_tensor_v3", Global::kRebuildTensorV3},
    GlobalRow{"torch._utils", "_rebuild_parameter", Global::kRebuildParameter},
    GlobalRow{"torch", "Size", Global::kSize},
    GlobalRow{"_codecs", "encode", Global::kEncode},
    GlobalRow{"__builtin__", "bytes", Global::kBytes},
    GlobalRow{"builtins", "bytes", Global::kBytes},
    GlobalRow{"numpy._core.multiarray", "_reconstruct", Global::kReconstruct},
    GlobalRow{"numpy.core.multiarray", "_reconstruct", Global::kReconstruct},  // before numpy 2
    GlobalRow{"numpy", "ndarray", Global::kNdarray},
    GlobalRow{"numpy", "dtype", Global::kNumpyDtype},
    GlobalRow{"torch", "BoolStorage", Global::kStorage, Dtype::kBool},
    GlobalRow{"torch", "ByteStorage", Global::kStorage, Dtype::kU8},
    GlobalRow{"torch", "CharStorage", Global::kStorage, Dtype::kI8},
    GlobalRow{"torch", "ShortStorage", Global::kStorage, Dtype::kI16},
    GlobalRow{"torch", "HalfStorage", Global::kStorage, Dtype::kF16},
    GlobalRow{"torch", "BFloat16Storage", Global::kStorage, Dtype::kBF16},
    GlobalRow{"torch", "IntStorage", Global::kStorage, Dtype::kI32},
    GlobalRow{"torch", "FloatStorage", Global::kStorage, Dtype::kF32},
    GlobalRow{"torch", "DoubleStorage", Global::kStorage, Dtype::kF64},
    GlobalRow{"torch", "LongStorage", Global::kStorage, Dtype::kI64},
    // Types without a storage class of their own come as bytes, and their tensors name the type.
    GlobalRow{"torch.storage", "UntypedStorage", Global::kUntypedStorage},
    GlobalRow{"torch", "float8_e5m2", Global::kTorchDtype, Dtype::kF8E5M2},
    GlobalRow{"torch", "float8_e4m3fn", Global::kTorchDtype, Dtype::kF8E4M3},
    GlobalRow{"torch", "uint16", Global::kTorchDtype, Dtype::kU16},
    GlobalRow{"torch", "uint32", Global::kTorchDtype, Dtype::kU32},
    GlobalRow{"torch", "uint64", Global::kTorchDtype, Dtype::kU64},
    // TorchScript has its own classes for them, and says of containers what they hold.
    GlobalRow{"torch", "Float8_e5m2Storage", Global::kScriptStorage, Dtype::kF8E5M2},
    GlobalRow{"torch", "Float8_e4m3fnStorage", Global::kScriptStorage, Dtype::kF8E4M3},
    GlobalRow{"torch", "UInt16Storage", Global::kScriptStorage, Dtype::kU16},
    GlobalRow{"torch", "UInt32Storage", Global::kScriptStorage, Dtype::kU32},
    GlobalRow{"torch", "UInt64Storage", Global::kScriptStorage, Dtype::kU64},
    GlobalRow{"torch.jit._pickle", "build_intlist", Global::kTypedList},
    GlobalRow{"torch.jit._pickle", "build_doublelist", Global::kTypedList},
    GlobalRow{"torch.jit._pickle", "build_boollist", Global::kTypedList},
    GlobalRow{"torch.jit._pickle", "build_tensorlist", Global::kTypedList},
    GlobalRow{"torch.jit._pickle", "restore_type_tag", Global::kTypedContainer},
};

/// The classes of TorchScript archives are named by the one who wrote them, below this module.
inline constexpr std::string_view kScriptModule = "__torch__";

}  // namespace baton::pt
