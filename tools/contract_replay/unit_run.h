// What an event refers to, for kinds that drive one callback by hand.
#pragma once

#include <string>
#include <string_view>

#include "baton/core/callback.h"

namespace baton::replay {

struct UnitRun {
  ResolvedArguments args;
  TrainerState state;
  TrainerControl control;

  Event event() { return {args, state, control, objects_, notices_}; }

 private:
  struct Unheard final : NoticeSink {
    void notice(const Notice&) override {}
  };

  Objects objects_;
  Unheard notices_;
};

/// A yes or no of a row; `otherwise` if the row does not have it.
inline bool flag_in(const Record& row, std::string_view key, bool otherwise) {
  const Value* value = row.find(key);
  return value == nullptr ? otherwise : *value->boolean();
}

}  // namespace baton::replay
