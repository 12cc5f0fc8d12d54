#include "src/track/dvclive/dvc_yaml.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <vector>

#include "src/base/yaml.h"
#include "src/track/dvclive/block_yaml.h"

namespace baton::track {
namespace {

constexpr std::string_view kLists[] = {"params", "metrics", "plots"};
constexpr std::string_view kArtifacts = "artifacts";

using Lines = std::vector<std::string>;
using IsOwn = std::function<bool(std::string_view entry)>;  // told the whole text of an entry

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }
bool is_content(std::string_view line) { return indent_of(line) < line.size() && line[indent_of(line)] != '#'; }
bool is_top_level(std::string_view line) { return is_content(line) && line[0] != ' ' && line[0] != '-'; }

/// A key's line, and the line behind the last one under it that is no comment.
struct Section {
  std::size_t key = 0;
  std::size_t end = 0;
};

std::optional<Section> find_section(const Lines& lines, std::string_view key) {
  const auto at = std::find_if(lines.begin(), lines.end(), [&](std::string_view line) {
    return line.starts_with(key) && line.substr(key.size()).starts_with(":") &&
           !is_content(line.substr(key.size() + 1));
  });
  if (at == lines.end()) return std::nullopt;
  Section section{static_cast<std::size_t>(at - lines.begin()), 0};
  section.end = section.key + 1;
  for (std::size_t i = section.end; i < lines.size() && !is_top_level(lines[i]); ++i) {
    if (is_content(lines[i])) section.end = i + 1;
  }
  return section;
}

std::optional<std::size_t> entry_indent(const Lines& lines, const Section& section) {
  for (std::size_t i = section.key + 1; i < section.end; ++i) {
    if (is_content(lines[i])) return indent_of(lines[i]);
  }
  return std::nullopt;
}

void remove_own_entries(Lines& lines, Section& section, std::size_t indent, const IsOwn& is_own) {
  for (std::size_t begin = section.key + 1; begin < section.end;) {
    std::size_t end = begin + 1;
    std::string text = lines[begin];
    for (; end < section.end && is_content(lines[end]) && indent_of(lines[end]) > indent; ++end) {
      text.append("\n").append(lines[end]);
    }
    if (!is_content(lines[begin]) || !is_own(text)) {
      begin = end;
      continue;
    }
    const auto first = lines.begin() + static_cast<std::ptrdiff_t>(begin);
    lines.erase(first, first + static_cast<std::ptrdiff_t>(end - begin));
    section.end -= end - begin;
  }
}

/// `own` are the section's lines as they are in a new file, its key first; empty: there are none.
void edit_section(Lines& lines, std::string_view key, Lines own, const IsOwn& is_own) {
  std::optional<Section> section = find_section(lines, key);
  if (!section) {
    lines.insert(lines.end(), own.begin(), own.end());
    return;
  }
  const std::optional<std::size_t> indent = entry_indent(lines, *section);
  if (indent) remove_own_entries(lines, *section, *indent, is_own);
  const auto key_line = lines.begin() + static_cast<std::ptrdiff_t>(section->key);
  if (own.empty()) {
    if (!entry_indent(lines, *section)) lines.erase(key_line);
    return;
  }
  own.erase(own.begin());
  const std::size_t before = indent_of(own.front());
  for (std::string& line : own) line.insert(0, std::max(indent.value_or(before), before) - before, ' ');
  lines.insert(key_line + static_cast<std::ptrdiff_t>(section->end - section->key), own.begin(), own.end());
}

bool names_folder(const Value& value, std::string_view folder) {
  if (const std::string* text = value.text()) return text->find(folder) != std::string::npos;
  return value.record() != nullptr && value.record()->size() == 1 &&
         value.record()->begin()->first.find(folder) != std::string::npos;
}

bool is_own_artifact(const Record::Item& item, const Record& own, std::string_view folder) {
  if (own.contains(item.first)) return true;
  const Value* path = item.second.record() != nullptr ? item.second.record()->find("path") : nullptr;
  return path != nullptr && names_folder(*path, folder);
}

/// What the file is to say.
Record merged(const Record& old, const Record& own, std::string_view folder) {
  Record result = old;
  for (const std::string_view key : kLists) {
    Value::List list;
    const Value* present = old.find(key);
    if (present != nullptr && present->list() != nullptr) {
      std::copy_if(present->list()->begin(), present->list()->end(), std::back_inserter(list),
                   [&](const Value& value) { return !names_folder(value, folder); });
    }
    if (const Value* added = own.find(key)) list.insert(list.end(), added->list()->begin(), added->list()->end());
    if (list.empty()) {
      result.erase(key);
    } else {
      result.set(key, std::move(list));
    }
  }
  const Value* added = own.find(kArtifacts);
  const Record own_artifacts = added != nullptr ? *added->record() : Record{};
  Record artifacts;
  const Value* present = old.find(kArtifacts);
  if (present != nullptr && present->record() != nullptr) {
    for (const Record::Item& item : *present->record()) {
      if (!is_own_artifact(item, own_artifacts, folder)) artifacts.set(item.first, item.second);
    }
  }
  artifacts.merge(own_artifacts);
  result.erase(kArtifacts);
  if (!artifacts.empty()) result.set(kArtifacts, std::move(artifacts));
  return result;
}

/// The same content, whatever the order of the sections.
bool same(const Record& a, const Record& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const Record::Item& item) {
           const Value* other = b.find(item.first);
           return other != nullptr && *other == item.second;
         });
}

std::string edited(const std::string& text, const Record& own, std::string_view folder) {
  Lines lines = lines_of(text);
  const auto section_lines = [&](std::string_view key) {
    const Value* value = own.find(key);
    return value == nullptr ? Lines{} : lines_of(block_yaml({{std::string(key), *value}}));
  };
  for (const std::string_view key : kLists) {
    edit_section(lines, key, section_lines(key), [&](std::string_view entry) {
      return entry.substr(0, entry.find('\n')).find(folder) != std::string_view::npos;
    });
  }
  const Value* added = own.find(kArtifacts);
  edit_section(lines, kArtifacts, section_lines(kArtifacts), [&](std::string_view entry) {
    const Value parsed = yaml::parse(entry, "dvc.yaml");
    return parsed.record() != nullptr && parsed.record()->size() == 1 &&
           is_own_artifact(*parsed.record()->begin(), added != nullptr ? *added->record() : Record{}, folder);
  });
  std::string result;
  for (const std::string& line : lines) result.append(line).append("\n");
  return result;
}

}  // namespace

std::optional<std::string> merged_dvc_yaml(const std::string& text, const Record& own, std::string_view own_folder) {
  try {
    const Value parsed = yaml::parse(text, "dvc.yaml");
    const Record old = parsed.record() != nullptr ? *parsed.record() : Record{};
    if (!parsed.is_null() && parsed.record() == nullptr) return std::nullopt;
    const Record wanted = merged(old, own, own_folder);
    if (same(wanted, old)) return text.empty() ? block_yaml(wanted) : text;
    if (old.empty() && !parsed.is_null()) return block_yaml(wanted);
    // Line by line, which knows little of YAML; so what came of it is read and held against what is wanted.
    std::string result = edited(text, own, own_folder);
    const Value again = yaml::parse(result, "dvc.yaml");
    const bool is_right = again.record() != nullptr ? same(*again.record(), wanted) : wanted.empty();
    if (is_right) return result;
  } catch (const YamlError&) {  // the user's file stays as it is
  }
  return std::nullopt;
}

}  // namespace baton::track
