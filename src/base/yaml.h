// YAML to baton::Value: what configuration files hold.
#pragma once

#include <string_view>

#include "baton/core/errors.h"
#include "baton/core/value.h"

namespace baton {

/// A text that is no YAML, or more than a configuration needs. what() says which text, where in it and what is wrong.
class YamlError : public Error {
 public:
  using Error::Error;
};

namespace yaml {

/// The one document in `text`; `where` names the text in errors. Scalars without quotes are read by YAML 1.2's core
/// rules: null, true and false, decimal numbers, else texts (so `no` and `off` are texts, and 1e-4 is a number). Keys
/// must be scalars and differ. An empty text is null. Throws YamlError, also for values that contain themselves, are
/// nested more than 50 deep or have more than 10,000 parts.
Value parse(std::string_view text, std::string_view where);

}  // namespace yaml
}  // namespace baton
