#include "src/track/text_in.h"

namespace baton::track {

std::string text_in(const Record& record, std::string_view key) {
  const Value* value = record.find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

}  // namespace baton::track
