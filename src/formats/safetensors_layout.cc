#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "baton/core/errors.h"
#include "src/formats/safetensors.h"

namespace baton::safetensors {
namespace {

using Json = nlohmann::json;

struct DtypeRow {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<DtypeRow, 15> kDtypes = {{{"BOOL", 1},
                                               {"U8", 1},
                                               {"I8", 1},
                                               {"F8_E5M2", 1},
                                               {"F8_E4M3", 1},
                                               {"I16", 2},
                                               {"U16", 2},
                                               {"F16", 2},
                                               {"BF16", 2},
                                               {"I32", 4},
                                               {"U32", 4},
                                               {"F32", 4},
                                               {"F64", 8},
                                               {"I64", 8},
                                               {"U64", 8}}};

std::optional<Dtype> find_dtype(std::string_view name) {
  const auto row = std::find_if(kDtypes.begin(), kDtypes.end(), [&](const DtypeRow& r) { return r.name == name; });
  if (row == kDtypes.end()) return std::nullopt;
  return static_cast<Dtype>(row - kDtypes.begin());
}

/// Reads one header; its members exist to share `where_` and the tensor's name with the messages.
class HeaderParser {
 public:
  HeaderParser(std::uint64_t data_begin, std::uint64_t file_size, const std::string& where)
      : data_begin_(data_begin), file_size_(file_size), where_(where) {}

  Layout parse(std::string_view header) {
    const Json root = parse_json(header);
    if (!root.is_object()) fail("the header is no JSON object");
    Layout layout;
    for (const auto& [name, entry] : root.items()) {
      if (name == "__metadata__") {
        layout.metadata = metadata(entry);
      } else {
        layout.tensors.push_back(tensor(name, entry));
      }
    }
    check_coverage(layout.tensors);
    return layout;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const { throw CheckpointError(where_ + ": " + problem); }
  [[noreturn]] void fail(const std::string& tensor, const std::string& problem) const {
    fail("tensor \"" + tensor + "\": " + problem);
  }

  Json parse_json(std::string_view header) const {
    if (header.find('\0') != std::string_view::npos) fail("the header holds a zero byte");
    std::vector<std::set<std::string>> keys;  // of the objects that are open
    const auto no_duplicates = [&](int, Json::parse_event_t event, Json& value) {
      if (event == Json::parse_event_t::object_start) keys.emplace_back();
      if (event == Json::parse_event_t::object_end) keys.pop_back();
      if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
        fail("the header has the key \"" + value.get<std::string>() + "\" twice");
      }
      return true;
    };
    try {
      return Json::parse(header, no_duplicates);
    } catch (const Json::exception& error) {
      fail(std::string("the header is no valid JSON: ") + error.what());
    }
  }

  Metadata metadata(const Json& entry) const {
    if (!entry.is_object()) fail("__metadata__ is no object");
    Metadata metadata;
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) fail("__metadata__ \"" + key + "\" is no text");
      metadata[key] = value.get<std::string>();
    }
    return metadata;
  }

  TensorInfo tensor(const std::string& name, const Json& entry) const {
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets")) {
      fail(name, "expected an object with dtype, shape and data_offsets");
    }
    TensorInfo info{.name = name};
    const Json& dtype = entry["dtype"];
    const auto known = dtype.is_string() ? find_dtype(dtype.get_ref<const std::string&>()) : std::nullopt;
    if (!known) fail(name, "unknown dtype " + dtype.dump());
    info.dtype = *known;
    for (const std::uint64_t size : integers(name, "shape", entry["shape"]))
      info.shape.push_back(static_cast<std::int64_t>(size));
    place(info, integers(name, "data_offsets", entry["data_offsets"]));
    return info;
  }

  std::vector<std::uint64_t> integers(const std::string& name, const char* key, const Json& list) const {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    const bool good = list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& item) {
                        return item.is_number_unsigned() && item.get<std::uint64_t>() <= kMost;
                      });
    if (!good) fail(name, std::string(key) + " is no list of whole numbers: " + list.dump());
    return list.get<std::vector<std::uint64_t>>();
  }

  void place(TensorInfo& info, const std::vector<std::uint64_t>& offsets) const {
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > file_size_ - data_begin_) {
      fail(info.name, "data_offsets do not lie within the file");
    }
    info.begin = data_begin_ + offsets[0];
    info.size = offsets[1] - offsets[0];
    if (info.size != expected_size(info)) {
      fail(info.name, "its " + std::to_string(info.size) + " bytes do not fit its shape and dtype " +
                          std::string(dtype_name(info.dtype)));
    }
  }

  std::uint64_t expected_size(const TensorInfo& info) const {
    std::uint64_t size = dtype_bytes(info.dtype);
    if (std::find(info.shape.begin(), info.shape.end(), 0) != info.shape.end()) return 0;
    for (const std::int64_t extent : info.shape) {
      if (size > file_size_ / static_cast<std::uint64_t>(extent)) fail(info.name, "its shape is larger than the file");
      size *= static_cast<std::uint64_t>(extent);
    }
    return size;
  }

  void check_coverage(std::vector<TensorInfo>& tensors) const {
    std::sort(tensors.begin(), tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
      return std::pair(a.begin, a.size) < std::pair(b.begin, b.size);
    });
    std::uint64_t end = data_begin_;
    for (const TensorInfo& tensor : tensors) {
      if (tensor.begin != end) fail(tensor.name, "there is a gap or an overlap before its data");
      end += tensor.size;
    }
    if (end != file_size_) {
      fail("the file has " + std::to_string(file_size_) + " bytes, the header speaks of " + std::to_string(end));
    }
  }

  std::uint64_t data_begin_;
  std::uint64_t file_size_;
  const std::string& where_;
};

}  // namespace

std::string_view dtype_name(Dtype dtype) { return kDtypes[static_cast<std::size_t>(dtype)].name; }
std::size_t dtype_bytes(Dtype dtype) { return kDtypes[static_cast<std::size_t>(dtype)].bytes; }

Layout parse_layout(std::string_view header, std::uint64_t data_begin, std::uint64_t file_size,
                    const std::string& where) {
  return HeaderParser(data_begin, file_size, where).parse(header);
}

}  // namespace baton::safetensors
