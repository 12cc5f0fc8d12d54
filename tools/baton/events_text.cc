#include "tools/baton/events_text.h"

#include <algorithm>
#include <map>

#include "src/base/json.h"
#include "src/track/tensorboard/event_reader.h"
#include "tools/baton/listing.h"

namespace baton::tools {
namespace {

using tensorboard::EventFileContent;
using tensorboard::FileEvent;

struct Tag {
  std::size_t count = 0;
  std::int64_t first_step = 0;
  const FileEvent* last = nullptr;
};

/// Long texts are cut in the middle of a page.
std::string value_text(const Value& value) {
  constexpr std::size_t kMost = 60;
  const std::string text = json::dump(value);
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

std::string state_text(const EventFileContent& content) {
  if (!content.damage.empty()) return "damaged after " + grouped(content.whole) + " bytes: " + content.damage;
  return content.torn > 0 ? "whole but for a torn end of " + grouped(content.torn) + " bytes" : "whole";
}

}  // namespace

bool is_event_file(const std::filesystem::path& path) {
  return path.filename().string().find("tfevents") != std::string::npos && std::filesystem::is_regular_file(path);
}

std::string events_text(const std::filesystem::path& file) {
  const EventFileContent content = tensorboard::read_event_file(file);
  std::map<std::string, Tag> tags;
  for (const FileEvent& event : content.events) {
    Tag& tag = tags[event.kind + "  " + event.tag];
    if (tag.count++ == 0) tag.first_step = event.step;
    tag.last = &event;
  }
  std::string text = file.string() + ": " + counted(content.events.size(), "value") + ", " + state_text(content) + "\n";
  for (const auto& [name, tag] : tags) {
    text += "  " + name + "  " + counted(tag.count, "value") + ", steps " + std::to_string(tag.first_step) + " to " +
            std::to_string(tag.last->step) + ", last " + value_text(tag.last->value) + "\n";
  }
  return text;
}

std::string events_json(const std::filesystem::path& file) {
  const EventFileContent content = tensorboard::read_event_file(file);
  Value::List events;
  for (const FileEvent& event : content.events) {
    events.push_back(Record{{"wall_time", event.wall_time},
                            {"step", event.step},
                            {"kind", event.kind},
                            {"tag", event.tag},
                            {"value", event.value}});
  }
  return json::dump_pretty(Record{{"path", file.string()},
                                  {"format", "events"},
                                  {"state", state_text(content)},
                                  {"events", std::move(events)}}) +
         "\n";
}

}  // namespace baton::tools
