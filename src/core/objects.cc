#include "baton/core/objects.h"

#include "baton/core/errors.h"
#include "src/base/type_name.h"

#include <string>

namespace baton {
namespace {

constexpr std::array<std::string_view, kObjectKindCount> kNames = {
    "model", "model_config", "processing_class", "optimizer", "lr_scheduler", "train_dataloader", "eval_dataloader"};

}  // namespace

std::string_view object_name(ObjectKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

void* Objects::checked(ObjectKind kind, const std::type_info& type) const {
  const Slot& slot = slots_[static_cast<std::size_t>(kind)];
  const std::string name(object_name(kind));
  if (slot.object == nullptr) throw ObjectError("there is no " + name + " at this point of the run");
  if (*slot.type != type) {
    throw ObjectError("the " + name + " is a " + type_name(*slot.type) + ", not a " + type_name(type));
  }
  return slot.object;
}

}  // namespace baton
