#include "src/track/tensorboard/event_decoder.h"

#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include <protozero/pbf_reader.hpp>

#include "src/track/tensorboard/event_fields.h"

namespace baton::tensorboard {
namespace {

using Reader = protozero::pbf_reader;
using Type = protozero::pbf_wire_type;

/// What to do with a field of this number and type on the wire; one with another type is skipped.
template <class Take>
struct Field {
  std::uint32_t number_and_type;
  Take take;
};

template <class Take>
Field<Take> bytes(FieldNumber number, Take take) {
  return {protozero::tag_and_type(number, Type::length_delimited), std::move(take)};
}
template <class Take>
Field<Take> integer(FieldNumber number, Take take) {
  return {protozero::tag_and_type(number, Type::varint), std::move(take)};
}
template <class Take>
Field<Take> in_eight_bytes(FieldNumber number, Take take) {
  return {protozero::tag_and_type(number, Type::fixed64), std::move(take)};
}
template <class Take>
Field<Take> in_four_bytes(FieldNumber number, Take take) {
  return {protozero::tag_and_type(number, Type::fixed32), std::move(take)};
}

template <class... Fields>
void read(Reader message, const Fields&... fields) {
  while (message.next()) {
    const std::uint32_t found = message.tag_and_type();
    const bool taken = ((found == fields.number_and_type && (fields.take(message), true)) || ...);
    if (!taken) message.skip();
  }
}

std::string text_of(Reader& field) {
  const protozero::data_view view = field.get_view();
  return {view.data(), view.size()};
}

template <class Numbers>
void append(const Numbers& numbers, std::vector<double>& to) {
  for (const auto number : numbers) to.push_back(static_cast<double>(number));
}

struct Tensor {
  std::int32_t type = 0;
  std::size_t rank = 0;
  std::string content{};
  std::vector<double> numbers{};
  std::vector<std::string> texts{};
};

template <class Number>
void unpack(const std::string& content, std::vector<double>& numbers) {
  for (std::size_t at = 0; at + sizeof(Number) <= content.size(); at += sizeof(Number)) {
    Number number{};
    std::memcpy(&number, content.data() + at, sizeof(Number));
    numbers.push_back(static_cast<double>(number));
  }
}

Tensor read_tensor(Reader message) {
  Tensor tensor;
  const auto count_dimensions = [&](Reader& field) {
    read(field.get_message(), bytes(tensor_shape::kDimension, [&](Reader& dimension) {
           dimension.skip();
           ++tensor.rank;
         }));
  };
  read(message, integer(tensor::kType, [&](Reader& field) { tensor.type = field.get_enum(); }),
       bytes(tensor::kShape, count_dimensions),
       bytes(tensor::kContent, [&](Reader& field) { tensor.content = text_of(field); }),
       bytes(tensor::kFloats, [&](Reader& field) { append(field.get_packed_float(), tensor.numbers); }),
       bytes(tensor::kDoubles, [&](Reader& field) { append(field.get_packed_double(), tensor.numbers); }),
       bytes(tensor::kStrings, [&](Reader& field) { tensor.texts.push_back(text_of(field)); }));
  if (tensor.type == tensor::kFloat) unpack<float>(tensor.content, tensor.numbers);
  if (tensor.type == tensor::kDouble) unpack<double>(tensor.content, tensor.numbers);
  return tensor;
}

Value rows_of(const std::vector<double>& numbers) {
  Value::List rows;
  for (std::size_t at = 0; at + 3 <= numbers.size(); at += 3) {
    rows.push_back(Value::List{numbers[at], numbers[at + 1], numbers[at + 2]});
  }
  return rows;
}

Value image_record(std::int64_t width, std::int64_t height, std::size_t size) {
  return Record{{"width", width}, {"height", height}, {"bytes", static_cast<std::int64_t>(size)}};
}

std::int64_t integer_of(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Value shown(const Tensor& tensor, std::string_view kind) {
  if (kind == "histograms") return rows_of(tensor.numbers);
  if (kind == "images" && tensor.texts.size() >= 3) {
    return image_record(integer_of(tensor.texts[0]), integer_of(tensor.texts[1]), tensor.texts[2].size());
  }
  if (tensor.texts.size() == 1) return tensor.texts.front();
  if (!tensor.texts.empty()) return Value::List(tensor.texts.begin(), tensor.texts.end());
  if (tensor.numbers.size() == 1 && tensor.rank == 0) return tensor.numbers.front();
  return Value::List(tensor.numbers.begin(), tensor.numbers.end());
}

Value read_old_image(Reader message) {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::size_t size = 0;
  read(message, integer(image::kWidth, [&](Reader& field) { width = field.get_int32(); }),
       integer(image::kHeight, [&](Reader& field) { height = field.get_int32(); }),
       bytes(image::kEncoded, [&](Reader& field) { size = field.get_view().size(); }));
  return image_record(width, height, size);
}

/// It has right edges only; the outermost ones give way to the least and the greatest value.
Value read_old_histogram(Reader message) {
  double left = 0.0;
  double greatest = 0.0;
  std::vector<double> limits;
  std::vector<double> counts;
  read(message, in_eight_bytes(histogram::kMin, [&](Reader& field) { left = field.get_double(); }),
       in_eight_bytes(histogram::kMax, [&](Reader& field) { greatest = field.get_double(); }),
       bytes(histogram::kBucketLimit, [&](Reader& field) { append(field.get_packed_double(), limits); }),
       bytes(histogram::kBucket, [&](Reader& field) { append(field.get_packed_double(), counts); }));
  Value::List rows;
  for (std::size_t i = 0; i < limits.size() && i < counts.size(); ++i) {
    const double right = i + 1 == counts.size() ? greatest : limits[i];
    rows.push_back(Value::List{left, right, counts[i]});
    left = right;
  }
  return rows;
}

/// A google.protobuf.Value.
Value read_plain(Reader message) {
  Value plain;
  read(message, in_eight_bytes(value::kNumber, [&](Reader& field) { plain = field.get_double(); }),
       bytes(value::kString, [&](Reader& field) { plain = text_of(field); }),
       integer(value::kBool, [&](Reader& field) { plain = field.get_bool(); }));
  return plain;
}

void read_hparam(Reader message, Record& hparams) {
  std::string key;
  Value plain;
  read(message, bytes(map_entry::kKey, [&](Reader& field) { key = text_of(field); }),
       bytes(map_entry::kValue, [&](Reader& field) { plain = read_plain(field.get_message()); }));
  hparams.set(key, plain);
}

Value read_hparams(const std::string& content) {
  Record hparams;
  const auto read_start = [&](Reader& field) {
    read(field.get_message(),
         bytes(session_start::kHparams, [&](Reader& entry) { read_hparam(entry.get_message(), hparams); }));
  };
  const auto read_end = [&](Reader& field) {
    read(field.get_message(), integer(session_end::kStatus,
                                      [&](Reader& status) { hparams.set("status", std::int64_t{status.get_enum()}); }));
  };
  read(Reader(content), bytes(hparams::kSessionStart, read_start), bytes(hparams::kSessionEnd, read_end));
  return hparams;
}

struct PluginData {
  std::string plugin{};
  std::string content{};
};

PluginData read_metadata(Reader message) {
  PluginData data;
  const auto read_data = [&](Reader& field) {
    read(field.get_message(), bytes(plugin_data::kPluginName, [&](Reader& name) { data.plugin = text_of(name); }),
         bytes(plugin_data::kContent, [&](Reader& content) { data.content = text_of(content); }));
  };
  read(message, bytes(metadata::kPluginData, read_data));
  return data;
}

FileEvent read_value(Reader message) {
  FileEvent event;
  PluginData data;
  std::optional<Tensor> tensor;
  const auto set = [&](const char* kind, Value value) {
    event.kind = kind;
    event.value = std::move(value);
  };
  read(message, bytes(summary_value::kTag, [&](Reader& field) { event.tag = text_of(field); }),
       in_four_bytes(summary_value::kSimpleValue, [&](Reader& field) { set("scalars", double{field.get_float()}); }),
       bytes(summary_value::kImage, [&](Reader& field) { set("images", read_old_image(field.get_message())); }),
       bytes(summary_value::kHistogram,
             [&](Reader& field) { set("histograms", read_old_histogram(field.get_message())); }),
       bytes(summary_value::kTensor, [&](Reader& field) { tensor = read_tensor(field.get_message()); }),
       bytes(summary_value::kMetadata, [&](Reader& field) { data = read_metadata(field.get_message()); }));
  if (!data.plugin.empty()) event.kind = data.plugin;
  if (tensor) event.value = shown(*tensor, event.kind);
  if (event.kind == "hparams") event.value = read_hparams(data.content);
  return event;
}

std::string read_session_log(Reader message) {
  std::size_t status = 0;
  read(message,
       integer(session_log::kStatus, [&](Reader& field) { status = static_cast<std::size_t>(field.get_enum()); }));
  constexpr std::array kNames = {"unspecified", "start", "stop", "checkpoint"};
  return status < kNames.size() ? kNames[status] : "unknown";
}

}  // namespace

bool decode_event(std::string_view payload, std::vector<FileEvent>& events) {
  double wall_time = 0.0;
  std::int64_t step = 0;
  std::vector<FileEvent> found;
  const auto read_summary = [&](Reader& field) {
    read(field.get_message(),
         bytes(summary::kValue, [&](Reader& value) { found.push_back(read_value(value.get_message())); }));
  };
  try {
    read(Reader(payload.data(), payload.size()),
         in_eight_bytes(event::kWallTime, [&](Reader& field) { wall_time = field.get_double(); }),
         integer(event::kStep, [&](Reader& field) { step = field.get_int64(); }),
         bytes(event::kFileVersion,
               [&](Reader& field) { found.push_back({.kind = "file_version", .value = text_of(field)}); }),
         bytes(event::kSessionLog,
               [&](Reader& field) {
                 found.push_back({.kind = "session", .value = read_session_log(field.get_message())});
               }),
         bytes(event::kSummary, read_summary));
  } catch (const protozero::exception&) {
    return false;
  }
  for (FileEvent& event : found) {
    event.wall_time = wall_time;
    event.step = step;
    events.push_back(std::move(event));
  }
  return true;
}

}  // namespace baton::tensorboard
