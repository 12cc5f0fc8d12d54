#include "baton/core/event_kind.h"

#include <array>

namespace baton {
namespace {

constexpr std::array<std::string_view, kEventKindCount> kNames = {
    "on_init_end",           "on_train_begin",    "on_epoch_begin", "on_step_begin",  "on_substep_end",
    "on_pre_optimizer_step", "on_optimizer_step", "on_step_end",    "on_prepare_log", "on_log",
    "on_prediction_step",    "on_evaluate",       "on_predict",     "on_save",        "on_epoch_end",
    "on_train_end",          "on_exception",      "on_close",
};

}  // namespace

std::string_view event_name(EventKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

}  // namespace baton
