#include "tools/baton/listing.h"

#include <algorithm>
#include <system_error>

#include "baton/core/errors.h"
#include "baton/core/state.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/core/folder_draft.h"
#include "src/core/manifest.h"
#include "src/formats/pt.h"
#include "src/formats/safetensors.h"

namespace baton::tools {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongList = 8;

std::string joined(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

/// Turns the tree of a .pt file into rows.
class PtRows {
 public:
  explicit PtRows(Listing& listing) : listing_(listing) {}

  void add(const std::string& path, const pt::Value& value) {
    std::visit([&](const auto& content) { add_content(path, content); }, value.data);
  }

 private:
  void add_value(const std::string& path, Value value) { listing_.values.emplace_back(path, std::move(value)); }

  void add_content(const std::string& path, std::nullptr_t) { add_value(path, nullptr); }
  void add_content(const std::string& path, bool value) { add_value(path, value); }
  void add_content(const std::string& path, std::int64_t value) { add_value(path, value); }
  void add_content(const std::string& path, double value) { add_value(path, value); }
  void add_content(const std::string& path, const std::string& value) { add_value(path, value); }
  void add_content(const std::string& path, const pt::Bytes& bytes) {
    add_value(path, std::to_string(bytes.data.size()) + " bytes");
  }
  void add_content(const std::string& path, const pt::NumpyArray& array) {
    add_value(path, "numpy array " + array.dtype + " of " + std::to_string(array.data.size()) + " bytes");
  }
  void add_content(const std::string& path, const pt::Tuple& tuple) { add_content(path, tuple.items); }
  void add_content(const std::string& path, const pt::Tensor& tensor) {
    const std::uint64_t width = safetensors::dtype_bytes(tensor.dtype);
    listing_.tensors.push_back({path, std::string(safetensors::dtype_name(tensor.dtype)), tensor.shape,
                                tensor.elements(), tensor.elements() * width});
  }
  void add_content(const std::string& path, const pt::List& list) {
    const bool numbers = std::all_of(list.begin(), list.end(), [](const pt::Value& item) {
      return item.get<std::int64_t>() != nullptr || item.get<double>() != nullptr;
    });
    if (numbers && list.size() > kLongList) return add_value(path, std::to_string(list.size()) + " numbers");
    if (numbers) return add_value(path, short_list(list));
    for (std::size_t i = 0; i < list.size(); ++i) add(joined(path, std::to_string(i)), list[i]);
  }
  void add_content(const std::string& path, const pt::Dict& dict) {
    if (dict.items.empty() && dict.class_name.empty()) add_value(path, Record());
    for (const auto& [key, value] : dict.items) add(joined(path, key_text(key)), value);
  }

  static Value short_list(const pt::List& list) {
    Value::List numbers;
    for (const pt::Value& item : list) {
      const auto* integer = item.get<std::int64_t>();
      numbers.push_back(integer != nullptr ? Value(*integer) : Value(*item.get<double>()));
    }
    return numbers;
  }
  static std::string key_text(const pt::Value& key) {
    if (const auto* text = key.get<std::string>()) return *text;
    if (const auto* integer = key.get<std::int64_t>()) return std::to_string(*integer);
    return "?";
  }

  Listing& listing_;
};

Listing list_pt(const fs::path& file, Depth depth) {
  Listing listing{.format = "pt"};
  const auto check = depth == Depth::kAllBytes ? pt::Check::kAll : pt::Check::kAllButTensors;
  const pt::Value value = pt::read_pt(file, check);
  const auto* dict = value.get<pt::Dict>();
  if (dict != nullptr && !dict->class_name.empty()) listing.format = "libtorch";
  PtRows(listing).add("", value);
  return listing;
}

void read_all_bytes(safetensors::Reader& reader) {
  std::vector<std::byte> buffer;
  for (const safetensors::TensorInfo& tensor : reader.layout().tensors) {
    buffer.resize(tensor.size);
    reader.read(tensor, buffer);
  }
}

Listing list_safetensors(const fs::path& file, Depth depth) {
  safetensors::Reader reader(file);
  if (depth == Depth::kAllBytes) read_all_bytes(reader);
  Listing listing{.format = "safetensors"};
  for (const safetensors::TensorInfo& tensor : reader.layout().tensors) {
    const std::uint64_t elements = tensor.size / safetensors::dtype_bytes(tensor.dtype);
    listing.tensors.push_back(
        {tensor.name, std::string(safetensors::dtype_name(tensor.dtype)), tensor.shape, elements, tensor.size});
  }
  std::sort(listing.tensors.begin(), listing.tensors.end(),
            [](const TensorRow& a, const TensorRow& b) { return a.name < b.name; });
  for (const auto& [key, value] : reader.layout().metadata) listing.values.emplace_back("metadata." + key, value);
  return listing;
}

/// Where the run stands and what it logged last.
Listing list_state(const fs::path& file) {
  const TrainerState state = TrainerState::from_json(read_file(file), file.string());
  Listing listing{.format = "state"};
  const auto add = [&](const char* name, Value value) { listing.values.emplace_back(name, std::move(value)); };
  add("global_step", state.global_step);
  add("max_steps", state.max_steps);
  add("epoch", state.epoch);
  add("num_train_epochs", state.num_train_epochs);
  add("best_metric", state.best_metric ? Value(*state.best_metric) : Value());
  add("best_global_step", state.best_global_step ? Value(*state.best_global_step) : Value());
  add("best_model_checkpoint", state.best_model_checkpoint ? Value(*state.best_model_checkpoint) : Value());
  add("log_records", static_cast<std::int64_t>(state.log_history.size()));
  Record last;  // of each key
  for (const LogRecord& record : state.log_history) last.merge(record);
  for (const char* place : {"step", "epoch"}) last.erase(place);
  for (const auto& [key, value] : last) listing.values.emplace_back("last." + key, value);
  return listing;
}

Listing list_json(const fs::path& file) {
  const std::string text = read_file(file);
  if (file.filename() == kManifestFile) Manifest::from_json(text, file.string());  // throws if it is none
  const Value value = json::parse(text, file.string());
  Listing listing{.format = "json"};
  if (const Record* record = value.record()) {
    listing.values.assign(record->begin(), record->end());
  } else {
    listing.values.emplace_back("", value);
  }
  return listing;
}

Listing contents(const fs::path& file, Depth depth) {
  const std::string extension = file.extension().string();
  if (file.filename() == "training_args.bin") return {.format = "other"};  // holds a class of Python's
  if (extension == ".safetensors") return list_safetensors(file, depth);
  if (extension == ".pt" || extension == ".pth" || extension == ".bin") return list_pt(file, depth);
  if (file.filename() == kStateFile) return list_state(file);
  if (extension == ".json") return list_json(file);
  return {.format = "other"};
}

}  // namespace

std::vector<fs::path> files_of(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw CheckpointError(path.string() + ": there is no such file or folder");
  if (!fs::is_directory(status)) return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  if (files.empty()) throw CheckpointError(path.string() + ": no checkpoint: the folder holds no file");
  std::sort(files.begin(), files.end());
  return files;
}

Listing list_file(const fs::path& file, Depth depth) {
  Listing listing = contents(file, depth);
  listing.bytes = fs::file_size(file);
  return listing;
}

std::string summary(const Listing& listing) {
  if (listing.format == "other") return "not read";
  if (listing.tensors.empty()) return counted(listing.values.size(), "value");
  std::uint64_t elements = 0;
  for (const TensorRow& tensor : listing.tensors) elements += tensor.elements;
  return counted(listing.tensors.size(), "tensor") + ", " + counted(elements, "element");
}

std::string counted(std::uint64_t number, const std::string& what) {
  return grouped(number) + " " + what + (number == 1 ? "" : "s");
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

}  // namespace baton::tools
