#include "src/track/dvclive/experiment_name.h"

#include <array>
#include <span>

#include "src/base/crc32.h"

namespace baton::track {
namespace {

constexpr std::array<std::string_view, 64> kAdjectives{
    "amber",  "ample",  "azure",  "bold",   "brave", "brief",  "bright", "brisk",  "broad", "calm",   "cheery",
    "clear",  "clever", "coral",  "cosy",   "crisp", "deep",   "early",  "easy",   "fair",  "famous", "fancy",
    "fast",   "fine",   "firm",   "fond",   "fresh", "gentle", "glad",   "golden", "grand", "green",  "handy",
    "hardy",  "honest", "jolly",  "keen",   "kind",  "large",  "light",  "lively", "loyal", "lucky",  "mellow",
    "merry",  "mild",   "modest", "neat",   "noble", "plain",  "proud",  "quick",  "quiet", "rapid",  "rosy",
    "silver", "simple", "smooth", "steady", "sunny", "swift",  "tidy",   "warm",   "wise"};
constexpr std::array<std::string_view, 64> kNouns{
    "acorn",   "anchor", "apple",  "badger",  "beacon", "birch",  "bridge", "brook",  "canyon", "cedar",  "cherry",
    "cloud",   "comet",  "cove",   "crane",   "delta",  "dune",   "eagle",  "ember",  "falcon", "fern",   "field",
    "finch",   "fjord",  "forest", "garden",  "glade",  "harbor", "hazel",  "heron",  "hill",   "island", "juniper",
    "lagoon",  "lake",   "lark",   "lemon",   "maple",  "meadow", "mesa",   "moss",   "oak",    "orchid", "otter",
    "pebble",  "pine",   "planet", "prairie", "quartz", "raven",  "reef",   "ridge",  "river",  "robin",  "sail",
    "sparrow", "spruce", "star",   "stone",   "summit", "tulip",  "valley", "willow", "wren"};

}  // namespace

std::string generated_experiment_name(std::string_view run_id, std::uint32_t attempt) {
  const std::string seed = std::string(run_id) + "/" + std::to_string(attempt);
  const std::uint32_t hash = crc32(std::as_bytes(std::span(seed)));
  return std::string(kAdjectives[hash % kAdjectives.size()]).append("-").append(kNouns[hash / 64 % kNouns.size()]);
}

}  // namespace baton::track
