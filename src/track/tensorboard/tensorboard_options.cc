#include "baton/track/tensorboard.h"

namespace baton {

TensorBoardOptions TensorBoardOptions::from_env(const Environment& environment) {
  std::string folder = environment.get_or("TENSORBOARD_LOGGING_DIR", "");
  const bool in_home = folder == "~" || folder.rfind("~/", 0) == 0;
  if (const auto home = environment.get("HOME"); home && in_home) folder.replace(0, 1, *home);
  return {.logging_dir = folder};
}

}  // namespace baton
