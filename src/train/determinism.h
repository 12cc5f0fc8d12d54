// What `full_determinism` switches on besides the seeds.
#pragma once

namespace baton::train {

/// For the whole process: operations without a deterministic form throw from now on. On CUDA the environment variable
/// CUBLAS_WORKSPACE_CONFIG has to be set by whoever starts the program.
void use_deterministic_algorithms();

}  // namespace baton::train
