#include "src/track/mlflow/mlflow_names.h"

#include "src/base/utf8.h"

namespace baton::track {

namespace {

constexpr std::size_t kLongestName = 250;

bool is_legal(char32_t letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
         std::u32string_view(U"_-. :/").find(letter) != std::u32string_view::npos;
}

std::string with_legal_letters(std::string_view key) {
  std::string name;
  while (!key.empty()) {
    const CodePoint letter = first_code_point(key);
    name += is_legal(letter.value) ? static_cast<char>(letter.value) : '_';
    key.remove_prefix(letter.length);
  }
  return name;
}

/// "a//b/../c/" becomes "a/b/__/c".
std::string with_plain_parts(std::string_view path) {
  std::string name;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size() < path.size() ? part.size() + 1 : part.size());
    if (part.empty()) continue;
    if (!name.empty()) name += '/';
    name.append(part == "." ? "_" : part == ".." ? "__" : part);
  }
  return name.starts_with("..") ? name.replace(0, 2, "__") : name;
}

}  // namespace

std::string mlflow_name(std::string_view key) {
  std::string name = with_plain_parts(with_plain_parts(with_legal_letters(key)).substr(0, kLongestName));
  return name.empty() ? "_" : name;
}

MlflowNames::MlflowNames(const Record& known) {
  for (const auto& [key, name] : known) {
    if (name.text() == nullptr) continue;
    names_[key] = *name.text();
    keys_[*name.text()] = key;
  }
}

const std::string& MlflowNames::name_of(const std::string& key) {
  const auto found = names_.find(key);
  if (found != names_.end()) return found->second;
  const std::string plain = mlflow_name(key);
  std::string name = plain;
  for (int number = 2; keys_.contains(name); ++number) {
    const std::string suffix = "_" + std::to_string(number);
    name = plain.substr(0, kLongestName - suffix.size()) + suffix;
  }
  keys_[name] = key;
  return names_[key] = name;
}

Record MlflowNames::known() const {
  Record known;
  for (const auto& [key, name] : names_) {
    if (key != name) known.set(key, name);
  }
  return known;
}

}  // namespace baton::track
