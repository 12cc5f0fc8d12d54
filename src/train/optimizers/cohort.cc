#include "src/train/optimizers/cohort.h"

#include <algorithm>
#include <utility>

namespace baton::train {
namespace {

bool belong_together(const Cohort& a, const Cohort& b) {
  return a.group == b.group && a.steps == b.steps && a.has_state == b.has_state &&
         a.params.front().scalar_type() == b.params.front().scalar_type() &&
         a.params.front().device() == b.params.front().device();
}

}  // namespace

Cohort Cohort::without_params() const {
  Cohort empty{.group = group, .steps = steps, .has_state = has_state};
  empty.slots.resize(slots.size());
  return empty;
}

void Cohort::append(const Cohort& other, std::size_t i) {
  indices.push_back(other.indices[i]);
  params.push_back(other.params[i]);
  for (std::size_t slot = 0; has_state && slot < slots.size(); ++slot) slots[slot].push_back(other.slots[slot][i]);
}

Cohort split_off_idle(Cohort& cohort) {
  Cohort active = cohort.without_params();
  Cohort idle = cohort.without_params();
  for (std::size_t i = 0; i < cohort.params.size(); ++i) {
    (cohort.params[i].grad().defined() ? active : idle).append(cohort, i);
  }
  cohort = std::move(active);
  return idle;
}

void merge(Cohort one, std::vector<Cohort>& cohorts) {
  const auto home =
      std::find_if(cohorts.begin(), cohorts.end(), [&](const Cohort& cohort) { return belong_together(cohort, one); });
  home == cohorts.end() ? cohorts.push_back(std::move(one)) : home->append(one, 0);
}

}  // namespace baton::train
