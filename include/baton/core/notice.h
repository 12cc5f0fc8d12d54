// Notices: what a person should know although the run goes on.
#pragma once

#include <string>

namespace baton {

/// `id` is for programs and tests and never changes, such as "args_differ_from_checkpoint:save_steps"; `text` is for
/// people.
struct Notice {
  std::string id;
  std::string text;
};

/// Where notices go. Called on the training thread; must not throw.
class NoticeSink {
 public:
  virtual ~NoticeSink() = default;
  virtual void notice(const Notice& notice) = 0;
};

}  // namespace baton
