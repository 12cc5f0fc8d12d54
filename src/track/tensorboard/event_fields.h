// Numbers of the fields and values in the protocol buffers of event files, named as in TensorBoard's .proto files.
#pragma once

#include <cstdint>
#include <string_view>

namespace baton::tensorboard {

using FieldNumber = std::uint32_t;

inline constexpr std::string_view kFileVersion = "brain.Event:2";
inline constexpr std::string_view kSessionStartTag = "_hparams_/session_start_info";
inline constexpr std::string_view kSessionEndTag = "_hparams_/session_end_info";

namespace event {
inline constexpr FieldNumber kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7,
                             kSourceMetadata = 10;
}
namespace source_metadata {
inline constexpr FieldNumber kWriter = 1;
}
namespace session_log {
inline constexpr FieldNumber kStatus = 1;
inline constexpr std::int32_t kStart = 1;
}  // namespace session_log
namespace summary {
inline constexpr FieldNumber kValue = 1;
}
namespace summary_value {
inline constexpr FieldNumber kTag = 1, kSimpleValue = 2, kImage = 4, kHistogram = 5, kTensor = 8, kMetadata = 9;
}
namespace metadata {
inline constexpr FieldNumber kPluginData = 1;
}
namespace plugin_data {
inline constexpr FieldNumber kPluginName = 1, kContent = 2;
}
namespace image {  // the old form
inline constexpr FieldNumber kHeight = 1, kWidth = 2, kEncoded = 4;
}
namespace histogram {  // the old form
inline constexpr FieldNumber kMin = 1, kMax = 2, kBucketLimit = 6, kBucket = 7;
}
namespace tensor {
inline constexpr FieldNumber kType = 1, kShape = 2, kContent = 4, kFloats = 5, kDoubles = 6, kStrings = 8;
inline constexpr std::int32_t kFloat = 1, kDouble = 2, kString = 7;
}  // namespace tensor
namespace tensor_shape {
inline constexpr FieldNumber kDimension = 2;
}
namespace dimension {
inline constexpr FieldNumber kSize = 1;
}
namespace hparams {
inline constexpr FieldNumber kVersion = 1, kSessionStart = 3, kSessionEnd = 4;
}
namespace session_start {
inline constexpr FieldNumber kHparams = 1, kTime = 5;
}
namespace session_end {
inline constexpr FieldNumber kStatus = 1, kTime = 2;
inline constexpr std::int32_t kSuccess = 1, kFailure = 2;
}  // namespace session_end
namespace map_entry {
inline constexpr FieldNumber kKey = 1, kValue = 2;
}
namespace value {  // google.protobuf.Value
inline constexpr FieldNumber kNumber = 2, kString = 3, kBool = 4;
}

}  // namespace baton::tensorboard
