#include "src/track/report/sections.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <map>
#include <vector>

#include "src/core/number_words.h"
#include "src/core/progress_text.h"
#include "src/track/report/markup.h"
#include "src/track/text_in.h"

namespace baton::track::report {

namespace {

constexpr std::size_t kColours = 7;
constexpr std::int64_t kSecond = 1'000'000'000;

const Entry* last_of(std::span<const Entry> entries, EntryKind kind) {
  const auto found = std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& one) { return one.kind == kind; });
  return found == entries.rend() ? nullptr : &*found;
}

std::string time_text(std::int64_t time_ns) {
  const std::time_t time = time_ns / kSecond;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

std::string table(const std::string& rows) { return "<div class=\"card\"><table>\n" + rows + "</table></div>\n"; }

std::string heads(std::initializer_list<const char*> names) {
  std::string html = "<tr>";
  for (const char* name : names) html.append("<th>").append(name).append("</th>");
  return html + "</tr>\n";
}

std::string row(std::initializer_list<std::string> cells) {
  std::string html = "<tr>";
  for (const std::string& cell : cells) html.append("<td>").append(escaped(cell)).append("</td>");
  return html + "</tr>\n";
}

std::string fact(const char* name, const std::string& value) {
  if (value.empty()) return {};
  return std::string("<li>") + name + " <b>" + escaped(value) + "</b></li>\n";
}

/// "a.b" for the b in a, and so on.
void flatten(const std::string& prefix, const Record& record, Record& flat) {
  for (const auto& [key, value] : record) {
    const std::string name = prefix.empty() ? key : prefix + "." + key;
    if (value.record() != nullptr && !value.record()->empty()) {
      flatten(name, *value.record(), flat);
    } else {
      flat.set(name, value);
    }
  }
}

/// Seconds by name. A process may tell its times more than once: the last time counts.
Record times_of(std::span<const Entry> entries) {
  std::map<std::uint32_t, const Entry*> by_process;
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kTimes) by_process[entry.generation] = &entry;
  }
  Record sums;
  for (const auto& [generation, entry] : by_process) {
    Record flat;
    flatten("", entry->values, flat);
    for (const auto& [name, seconds] : flat) {
      if (!seconds.is_number() || !(seconds.number() > 0.0)) continue;
      sums.set(name, seconds.number() + (sums.contains(name) ? sums.number(name) : 0.0));
    }
  }
  return sums;
}

std::string percent(double share) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, 100 * share, std::chars_format::fixed, 1);
  return std::string(text, end) + "%";
}

}  // namespace

std::string header_html(std::span<const Entry> entries) {
  const Entry* const begin = last_of(entries, EntryKind::kBegin);
  const Entry* const finish = last_of(entries, EntryKind::kFinish);
  const Record values = begin == nullptr ? Record() : begin->values;
  const std::string id = text_in(values, "run_id");
  const std::string name = text_in(values, "name").empty() ? id : text_in(values, "name");
  const bool is_over = finish != nullptr && (begin == nullptr || finish->sequence > begin->sequence);
  const std::string status = is_over ? text_in(finish->values, "status") : "not finished";
  std::int64_t steps = 0;
  for (const Entry& entry : entries) steps = std::max(steps, entry.step);
  std::string html = "<header>\n<h1>" + escaped(name.empty() ? "Run" : name) + " <span class=\"badge " +
                     escaped(is_over ? status : "open") + "\">" + escaped(status) +
                     "</span></h1>\n<ul class=\"facts\">\n";
  if (!entries.empty()) {
    const std::int64_t seconds = (entries.back().time_ns - entries.front().time_ns) / kSecond;
    html += fact("began", time_text(entries.front().time_ns) + " UTC") +
            fact("took", duration_text(static_cast<double>(seconds))) + fact("steps", std::to_string(steps));
    if (entries.back().generation > 0) html += fact("resumed", counted(entries.back().generation, "time"));
  }
  html += fact("run", id) + fact("project", text_in(values, "project")) + fact("host", text_in(values, "host")) +
          fact("folder", text_in(values, "output_dir"));
  return html + "</ul>\n</header>\n";
}

std::string summary_html(const Record& summary) {
  std::string facts;
  for (const auto& [key, value] : summary) facts += fact(escaped(key).c_str(), rate_words(value.number()));
  if (facts.empty()) return {};
  return section("Result", "<div class=\"card\"><ul class=\"facts\">\n" + facts + "</ul></div>\n");
}

std::string times_html(std::span<const Entry> entries) {
  const Record times = times_of(entries);
  double total = 0.0;
  for (const auto& [name, seconds] : times) total += seconds.number();
  std::string bar;
  std::string rows;
  std::size_t place = 0;
  for (const auto& [name, seconds] : times) {
    const std::string colour = "p" + std::to_string(std::min(place++, kColours - 1));
    const std::string share = percent(seconds.number() / total);
    bar.append("<span class=\"").append(colour).append("\" style=\"width:").append(share).append("\" title=\"");
    bar.append(escaped(name)).append(" ").append(share).append("\"></span>");
    rows.append("<tr><td><span class=\"swatch ").append(colour).append("\"></span>").append(escaped(name));
    rows.append("</td><td class=\"number\">")
        .append(rate_words(seconds.number()))
        .append(" s</td><td class=\"number\">");
    rows.append(share).append("</td></tr>\n");
  }
  if (rows.empty()) return {};
  return section("Time",
                 "<div class=\"card\"><div class=\"bar\">" + bar + "</div><table>\n" + rows + "</table></div>\n");
}

std::string parameters_html(std::span<const Entry> entries) {
  Record groups;
  for (const Entry& entry : entries) {
    if (entry.kind == EntryKind::kParams) groups.merge(entry.values);
  }
  std::string html;
  for (const auto& [group, value] : groups) {
    Record flat;
    flatten("", value.record() != nullptr ? *value.record() : Record{{group, value}}, flat);
    std::string rows;
    for (const auto& [key, parameter] : flat) rows += row({key, shown(parameter)});
    html += "<details><summary>" + escaped(group) + " (" + std::to_string(flat.size()) + ")</summary>\n" + table(rows) +
            "</details>\n";
  }
  return section("Parameters", html);
}

std::string artifacts_html(std::span<const Entry> entries) {
  std::string rows;
  for (const Entry& entry : entries) {
    const bool is_checkpoint = entry.kind == EntryKind::kCheckpoint;
    const std::string type = is_checkpoint ? "checkpoint" : text_in(entry.values, "type");
    // A checkpoint that trackers took is there as one already.
    if (!is_checkpoint && (entry.kind != EntryKind::kArtifact || type == "checkpoint")) continue;
    rows += row({std::to_string(entry.step), text_in(entry.values, is_checkpoint ? "path" : "name"), type,
                 time_text(entry.time_ns)});
  }
  if (rows.empty()) return {};
  return section("Checkpoints and files", table(heads({"Step", "Name", "Type", "Time (UTC)"}) + rows));
}

std::string texts_html(std::span<const Entry> entries) {
  std::string html;
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::kText) continue;
    html += "<h3>" + escaped(text_in(entry.values, "key")) + ", step " + std::to_string(entry.step) +
            "</h3>\n<div class=\"card\"><pre>" + escaped(text_in(entry.values, "text")) + "</pre></div>\n";
  }
  return section("Texts", html);
}

std::string notices_html(std::span<const Entry> entries) {
  std::string rows;
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::kNotice) continue;
    rows += row({std::to_string(entry.step), time_text(entry.time_ns), text_in(entry.values, "text")});
  }
  if (rows.empty()) return {};
  return section("Notices", table(heads({"Step", "Time (UTC)", "Text"}) + rows));
}

}  // namespace baton::track::report
