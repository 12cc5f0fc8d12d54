#include "baton/train/map_dataset.h"

#include <string>

#include "src/train/torch_errors.h"

namespace baton {

void detail::throw_sample_error(std::int64_t index) { train::throw_with_cause("Sample " + std::to_string(index)); }

}  // namespace baton
