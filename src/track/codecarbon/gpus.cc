#include "src/track/codecarbon/gpus.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace baton::track::carbon {

namespace {

std::optional<std::size_t> card_of(const Gpus& gpus, std::string_view id) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error == std::errc() && end == id.data() + id.size())
    return number < gpus.count() ? std::optional(number) : std::nullopt;
  if (id.starts_with("MIG-")) id.remove_prefix(4);
  for (std::size_t card = 0; card < gpus.count(); ++card) {
    if (!id.empty() && gpus.uuid(card).starts_with(id)) return card;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> chosen_cards(const Gpus& gpus, const std::optional<std::vector<std::string>>& ids,
                                      std::vector<std::string>& unknown) {
  std::set<std::size_t> cards;
  for (std::size_t card = 0; !ids && card < gpus.count(); ++card) cards.insert(card);
  for (const std::string& id : ids.value_or(std::vector<std::string>())) {
    if (const auto card = card_of(gpus, id)) {
      cards.insert(*card);
    } else {
      unknown.push_back(id);
    }
  }
  return {cards.begin(), cards.end()};
}

std::string model_names(const Gpus& gpus, const std::vector<std::size_t>& cards) {
  std::map<std::string, int> counts;
  for (const std::size_t card : cards) ++counts[gpus.name(card)];
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text.append(std::to_string(count)).append(" x ").append(name);
  }
  return text;
}

GpuSource::GpuSource(const Gpus& gpus, const std::vector<std::size_t>& cards) : gpus_(gpus) {
  for (const std::size_t card : cards) cards_.push_back({.number = card});
}

void GpuSource::begin() {
  for (Card& card : cards_) {
    card.counter.advance(gpus_.energy_millijoules(card.number));
    card.has_counter = card.counter.was_read();
  }
}

double GpuSource::joules_of(Card& card, double seconds) const {
  if (card.has_counter) {
    const std::uint64_t delta = card.counter.advance(gpus_.energy_millijoules(card.number));
    card.is_silent = !card.counter.was_read();
    return static_cast<double>(delta) * 1e-3;
  }
  const std::optional<std::uint64_t> power = gpus_.power_milliwatts(card.number);
  card.is_silent = !power;
  return static_cast<double>(power.value_or(0)) * 1e-3 * seconds;
}

double GpuSource::joules(double seconds) {
  double sum = 0.0;
  for (Card& card : cards_) sum += joules_of(card, seconds);
  return sum;
}

std::string GpuSource::problem() const {
  for (const Card& card : cards_) {
    if (card.is_silent) return "GPU " + std::to_string(card.number) + " tells neither its energy nor its power";
  }
  return {};
}

}  // namespace baton::track::carbon
