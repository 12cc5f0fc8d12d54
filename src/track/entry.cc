#include "baton/track/entry.h"

namespace baton::track {

std::string_view entry_name(EntryKind kind) {
  switch (kind) {
    case EntryKind::kBegin:
      return "begin";
    case EntryKind::kParams:
      return "params";
    case EntryKind::kLog:
      return "log";
    case EntryKind::kPredict:
      return "predict";
    case EntryKind::kText:
      return "text";
    case EntryKind::kHistogram:
      return "histogram";
    case EntryKind::kImage:
      return "image";
    case EntryKind::kArtifact:
      return "artifact";
    case EntryKind::kRewind:
      return "rewind";
    case EntryKind::kFinish:
      return "finish";
    case EntryKind::kNotice:
      return "notice";
    case EntryKind::kTimes:
      return "times";
    case EntryKind::kCheckpoint:
      return "checkpoint";
  }
  return "unknown";
}

}  // namespace baton::track
