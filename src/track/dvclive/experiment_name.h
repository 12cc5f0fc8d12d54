// Names for experiments that nobody named: an adjective and a noun.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace baton::track {

/// The same for the same run and attempt: "quiet-otter". Attempts give others.
std::string generated_experiment_name(std::string_view run_id, std::uint32_t attempt);

}  // namespace baton::track
