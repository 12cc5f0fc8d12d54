#include "src/track/tensorboard/event_encoder.h"

#include <array>
#include <cmath>
#include <limits>

#include <protozero/pbf_writer.hpp>

#include "src/base/crc32c.h"
#include "src/base/utf8.h"
#include "src/track/tensorboard/event_fields.h"

namespace baton::tensorboard {
namespace {

using Writer = protozero::pbf_writer;

constexpr std::size_t kFrameHead = 12;  // the length and its checksum

void put_little_endian(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> 8U * i & 0xFFU);
}

/// Frames what `write` appends.
template <class Write>
void add_record(std::string& records, const Write& write) {
  const std::size_t begin = records.size();
  records.append(kFrameHead, '\0');
  write();
  const std::size_t end = records.size();
  put_little_endian(records, begin, end - begin - kFrameHead, 8);
  const std::string_view all = records;
  put_little_endian(records, begin + 8, masked_crc(all.substr(begin, 8)), 4);
  const std::uint32_t checksum = masked_crc(all.substr(begin + kFrameHead));
  records.append(4, '\0');
  put_little_endian(records, end, checksum, 4);
}

/// In two parts, because nanoseconds since 1970 are too many for a double.
double seconds(std::int64_t time_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  return static_cast<double>(time_ns / kSecond) + static_cast<double>(time_ns % kSecond) / 1e9;
}

template <class Write>
void add_event(std::string& records, Moment moment, const Write& write) {
  add_record(records, [&] {
    Writer event(records);
    event.add_double(event::kWallTime, seconds(moment.time_ns));
    if (moment.step != 0) event.add_int64(event::kStep, moment.step);
    write(event);
  });
}

/// An event with one value: `write` adds its tensor.
template <class Write>
void add_tensor_event(std::string& records, Moment moment, std::string_view tag, std::string_view plugin,
                      std::string_view content, const Write& write) {
  add_event(records, moment, [&](Writer& event) {
    Writer summary(event, event::kSummary);
    Writer value(summary, summary::kValue);
    value.add_string(summary_value::kTag, valid_utf8(tag));
    {
      Writer tensor(value, summary_value::kTensor);
      write(tensor);
    }
    Writer metadata(value, summary_value::kMetadata);
    Writer data(metadata, metadata::kPluginData);
    data.add_string(plugin_data::kPluginName, plugin.data(), plugin.size());
    if (!content.empty()) data.add_bytes(plugin_data::kContent, content.data(), content.size());
  });
}

void add_type_and_shape(Writer& tensor, std::int32_t type, std::initializer_list<std::size_t> sizes) {
  tensor.add_enum(tensor::kType, type);
  Writer shape(tensor, tensor::kShape);
  for (const std::size_t size : sizes) {
    Writer one(shape, tensor_shape::kDimension);
    if (size != 0) one.add_int64(dimension::kSize, static_cast<std::int64_t>(size));
  }
}

void add_strings(Writer& tensor, std::initializer_list<std::string_view> texts) {
  add_type_and_shape(tensor, tensor::kString, {texts.size()});
  for (const std::string_view text : texts) tensor.add_bytes(tensor::kStrings, text.data(), text.size());
}

/// Beyond the floats: the infinities, where a cast would be undefined.
float nearest_float(double value) {
  constexpr double kMax = std::numeric_limits<float>::max();
  if (std::isnan(value) || std::abs(value) <= kMax) return static_cast<float>(value);
  return std::copysign(std::numeric_limits<float>::infinity(), value < 0 ? -1.0F : 1.0F);
}

/// Metadata that only the hparams plugin reads; its tensor is empty.
template <class Write>
void add_hparams_event(std::string& records, Moment moment, std::string_view tag, const Write& write) {
  std::string content;
  Writer data(content);
  write(data);
  add_tensor_event(records, moment, tag, "hparams", content,
                   [](Writer& tensor) { add_type_and_shape(tensor, tensor::kFloat, {0}); });
}

/// Protocol buffers have room for numbers that JSON, in which TensorBoard answers, has not.
bool has_room_for(const Value& value) {
  return value.boolean() || value.text() || (value.is_number() && std::isfinite(value.number()));
}

void add_hparam(Writer& start, std::string_view key, const Value& value) {
  Writer entry(start, session_start::kHparams);
  entry.add_string(map_entry::kKey, valid_utf8(key));
  Writer held(entry, map_entry::kValue);
  if (const bool* boolean = value.boolean()) {
    held.add_bool(value::kBool, *boolean);
  } else if (const std::string* text = value.text()) {
    held.add_string(value::kString, valid_utf8(*text));
  } else {
    held.add_double(value::kNumber, value.number());
  }
}

}  // namespace

std::uint32_t masked_crc(std::string_view bytes) {
  const std::uint32_t sum = crc32c(std::as_bytes(std::span(bytes)));
  return (sum >> 15U | sum << 17U) + 0xA282EAD8U;
}

void add_file_version(std::string& records, std::int64_t time_ns) {
  add_event(records, {.time_ns = time_ns}, [](Writer& event) {
    event.add_string(event::kFileVersion, kFileVersion.data(), kFileVersion.size());
    Writer source(event, event::kSourceMetadata);
    source.add_string(source_metadata::kWriter, "baton");
  });
}

void add_restart(std::string& records, Moment moment) {
  add_event(records, moment, [](Writer& event) {
    Writer log(event, event::kSessionLog);
    log.add_enum(session_log::kStatus, session_log::kStart);
  });
}

void add_scalars(std::string& records, Moment moment, std::span<const Scalar> scalars) {
  add_event(records, moment, [&](Writer& event) {
    Writer summary(event, event::kSummary);
    for (const Scalar& scalar : scalars) {
      Writer value(summary, summary::kValue);
      value.add_string(summary_value::kTag, valid_utf8(scalar.tag));
      value.add_float(summary_value::kSimpleValue, nearest_float(scalar.value));
    }
  });
}

void add_text(std::string& records, Moment moment, std::string_view tag, std::string_view text) {
  add_tensor_event(records, moment, std::string(tag) + "/text_summary", "text", "",
                   [&](Writer& tensor) { add_strings(tensor, {valid_utf8(text)}); });
}

void add_histogram(std::string& records, Moment moment, std::string_view tag, const Histogram& histogram) {
  add_tensor_event(records, moment, tag, "histograms", "", [&](Writer& tensor) {
    const std::size_t bins = histogram.counts.size();
    add_type_and_shape(tensor, tensor::kDouble, {bins, 3});
    protozero::packed_field_double rows(tensor, tensor::kDoubles);
    for (std::size_t i = 0; i < bins; ++i) {
      for (const double column : {histogram.edges[i], histogram.edges[i + 1], histogram.counts[i]}) {
        rows.add_element(column);
      }
    }
  });
}

void add_image(std::string& records, Moment moment, std::string_view tag, const Image& image) {
  add_tensor_event(records, moment, tag, "images", "", [&](Writer& tensor) {
    add_strings(tensor, {std::to_string(image.width), std::to_string(image.height), image.png});
  });
}

void add_session_start(std::string& records, Moment moment, const Record& hparams) {
  add_hparams_event(records, moment, kSessionStartTag, [&](Writer& data) {
    Writer start(data, hparams::kSessionStart);
    for (const auto& [key, value] : hparams) {
      if (has_room_for(value)) add_hparam(start, key, value);
    }
    start.add_double(session_start::kTime, seconds(moment.time_ns));
  });
}

void add_session_end(std::string& records, Moment moment, RunStatus status) {
  add_hparams_event(records, moment, kSessionEndTag, [&](Writer& data) {
    Writer end(data, hparams::kSessionEnd);
    end.add_enum(session_end::kStatus, status == RunStatus::kFinished ? session_end::kSuccess : session_end::kFailure);
    end.add_double(session_end::kTime, seconds(moment.time_ns));
  });
}

}  // namespace baton::tensorboard
