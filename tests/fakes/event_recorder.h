// EventRecorder: what happened in a run, as a list and as one line of text in the abbreviations of the specification:
//   I init_end, TB train_begin, EB epoch_begin, SB step_begin, PO pre_optimizer_step, OS optimizer_step,
//   SS substep_end, SE step_end, L log, P prediction_step, EV evaluate, PR predict, SV save, EE epoch_end,
//   TE train_end, X exception, C close; U stands for "SB PO OS SE", and U(3) for three of them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/fakes/every_event_callback.h"

namespace baton::fakes {

/// One event as the recorder saw it, after the callbacks before it had their turn.
struct SeenEvent {
  EventKind kind;
  std::int64_t step;
  double epoch;
  TrainerControl flags;
  std::optional<std::string> best_model_checkpoint;
  Record record;  ///< of a log, evaluation or prediction
};

inline std::string abbreviation(EventKind kind) {
  constexpr std::array<const char*, kEventKindCount> kShort = {"I", "TB", "EB", "SB", "SS", "PO", "OS", "SE", "PL",
                                                               "L", "P",  "EV", "PR", "SV", "EE", "TE", "X",  "C"};
  return kShort[static_cast<std::size_t>(kind)];
}

/// on_prepare_log is left out: one stands before every L.
inline std::string events_text(const std::vector<SeenEvent>& events) {
  std::vector<std::string> words;
  for (const SeenEvent& event : events) {
    if (event.kind == EventKind::kPrepareLog) continue;
    words.push_back(abbreviation(event.kind));
    const std::size_t n = words.size();
    if (n < 4 || words[n - 4] != "SB" || words[n - 3] != "PO" || words[n - 2] != "OS" || words[n - 1] != "SE") continue;
    words.resize(n - 3);
    words.back() = "U";
  }
  std::string text;
  for (std::size_t i = 0, next = 0; i < words.size(); i = next) {
    while (next < words.size() && words[next] == words[i]) ++next;
    text += (i == 0 ? "" : " ") + words[i] + (next - i > 1 ? "(" + std::to_string(next - i) + ")" : "");
  }
  return text;
}

class EventRecorder final : public EveryEventCallback {
 public:
  void on_event(EventKind kind, Event& event, const Record* record) override {
    const TrainerState& state = event.state;
    seen.push_back({kind, state.global_step, state.epoch, event.control, state.best_model_checkpoint,
                    record ? *record : Record{}});
  }
  void on_close(CloseEvent& event) override {
    EveryEventCallback::on_close(event);
    closes.push_back(event.status);
  }

  std::vector<SeenEvent> seen;
  std::vector<RunStatus> closes;
};

}  // namespace baton::fakes
