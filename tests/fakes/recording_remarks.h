// Remarks that are kept, one for each id.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "baton/track/tracker.h"

namespace baton::fakes {

class RecordingRemarks final : public track::Remarks {
 public:
  void remark(std::string_view id, std::string text) override { all.try_emplace(std::string(id), std::move(text)); }

  std::map<std::string, std::string> all;  ///< texts by id
};

}  // namespace baton::fakes
