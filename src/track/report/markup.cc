#include "src/track/report/markup.h"

#include <cmath>

#include "src/base/json.h"

namespace baton::track::report {

namespace {

Value without_infinities(const Value& value) {
  if (const double* const number = value.floating(); number != nullptr && !std::isfinite(*number)) return nullptr;
  if (const Value::List* const list = value.list()) {
    Value::List copy;
    for (const Value& item : *list) copy.push_back(without_infinities(item));
    return copy;
  }
  if (const Record* const record = value.record()) {
    Record copy;
    for (const auto& [key, item] : *record) copy.set(key, without_infinities(item));
    return copy;
  }
  return value;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += letter;
    }
  }
  return html;
}

std::string script_json(const Value& value) {
  std::string text;
  for (const char letter : json::dump(without_infinities(value))) {
    if (letter == '<') {
      text += "\\u003c";
    } else {
      text += letter;
    }
  }
  return text;
}

std::string shown(const Value& value) { return value.text() != nullptr ? *value.text() : json::dump(value); }

std::string section(std::string_view heading, const std::string& content) {
  if (content.empty()) return {};
  std::string html = "<section>\n<h2>";
  return html.append(heading).append("</h2>\n").append(content).append("</section>\n");
}

}  // namespace baton::track::report
