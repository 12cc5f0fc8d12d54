// StderrNotices: notices of a program that has no console.
#pragma once

#include "baton/core/notice.h"

namespace baton::track {

/// Lines "baton: ..." on stderr.
class StderrNotices final : public NoticeSink {
 public:
  void notice(const Notice& notice) override;
};

}  // namespace baton::track
