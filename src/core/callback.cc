#include "baton/core/callback.h"

#include "src/base/type_name.h"

namespace baton {

std::string TrainerCallback::name() const { return short_type_name(typeid(*this)); }

}  // namespace baton
