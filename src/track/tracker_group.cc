#include "baton/track/tracker_group.h"

#include <algorithm>
#include <array>
#include <utility>

#include "baton/core/argument_fields.h"
#include "src/track/stderr_notices.h"

namespace baton::track {
namespace {

/// Groups of arguments that change what is learned.
bool changes_training(const Record& saved, const ResolvedArguments& now) {
  static constexpr std::array<std::string_view, 6> kLearning{
      "Optimizer", "Learning rate", "Precision", "per_device_train_batch_size", "gradient_accumulation_steps", "seed"};
  const std::vector<ArgumentDifference> changed = differing_arguments(saved, now);
  bool changes = false;
  for_each_field([&](const FieldInfo& field, auto) {
    const bool learns = std::find(kLearning.begin(), kLearning.end(), field.group) != kLearning.end() ||
                        std::find(kLearning.begin(), kLearning.end(), field.name) != kLearning.end();
    changes |=
        learns && std::any_of(changed.begin(), changed.end(), [&](const auto& one) { return one.name == field.name; });
  });
  return changes;
}

Record params_of(const Event& event) {
  Record groups{{"args", arguments_to_record(event.args)}};
  if (event.objects.has(ObjectKind::kModelConfig)) {
    groups.set("model_config", event.objects.get<Record>(ObjectKind::kModelConfig));
  }
  return groups;
}

bool is_new_branch(const ResumedCheckpoint& checkpoint) {
  switch (checkpoint.args.tracker_resume) {
    case TrackerResume::kSame:
      return false;
    case TrackerResume::kNew:
      return true;
    case TrackerResume::kAuto:
      break;
  }
  const bool is_named = checkpoint.args.resume_from_checkpoint != "true";
  return (is_named && !checkpoint.is_newest) || changes_training(checkpoint.saved.arguments, checkpoint.args);
}

}  // namespace

/// Hands the run's notices to the event at hand, and to stderr between events.
class TrackerGroup::Relay final : public NoticeSink {
 public:
  void use(NoticeSink* sink) { sink_ = sink; }
  void notice(const Notice& notice) override { (sink_ != nullptr ? *sink_ : stderr_).notice(notice); }

 private:
  NoticeSink* sink_ = nullptr;
  StderrNotices stderr_;
};

TrackerGroup::TrackerGroup() : relay_(std::make_shared<Relay>()) {}

TrackerGroup::~TrackerGroup() { relay_->use(nullptr); }

bool TrackerGroup::is_news(std::int64_t seen) {
  if (seen <= events_) return false;
  events_ = seen;
  return true;
}

void TrackerGroup::begin(const Event& event) {
  relay_->use(&event.notices);
  const std::unique_ptr<Mark> from = std::move(resume_from_);
  if (run_ && (has_trained_ || from)) {
    run_->finish();
    run_.reset();
  }
  if (!run_) open(event, from.get());
  has_trained_ = true;
}

void TrackerGroup::open(const Event& event, const Mark* from) {
  RunOptions options{.output_dir = std::filesystem::absolute(event.args.output_dir),
                     .name = event.args.run_name.value_or(""),
                     .flush_seconds = event.args.tracker_flush_seconds,
                     .continues = std::exchange(continues_, ""),
                     .notices = relay_};
  ++runs_;
  run_ = from != nullptr ? std::make_unique<Run>(std::move(options), *from) : std::make_unique<Run>(std::move(options));
  if (run_->info().generation == 0 || std::exchange(has_other_arguments_, false)) run_->params(params_of(event));
}

Run& TrackerGroup::run(const Event& event) {
  relay_->use(&event.notices);
  if (!run_) open(event, nullptr);
  return *run_;
}

void TrackerGroup::close(const CloseEvent& event) {
  relay_->use(&event.notices);
  if (run_) run_->finish(event.status);
  run_.reset();
  has_trained_ = false;
  relay_->use(nullptr);
}

Record TrackerGroup::checkpointed() {
  if (!run_) return {};
  const Mark mark = run_->mark(0);
  return {{"run", mark.run_id}, {"sequence", static_cast<std::int64_t>(mark.sequence)}};
}

void TrackerGroup::resumed(const ResumedCheckpoint& checkpoint) {
  resume_from_.reset();
  const Value* tracking = checkpoint.saved.companions.find("tracking");
  const Record* record = tracking != nullptr ? tracking->record() : nullptr;
  const Value* run = record != nullptr ? record->find("run") : nullptr;
  const Value* sequence = record != nullptr ? record->find("sequence") : nullptr;
  if (run == nullptr || run->text() == nullptr || sequence == nullptr || sequence->integer() == nullptr) return;
  if (is_new_branch(checkpoint)) {
    continues_ = *run->text();
  } else {
    has_other_arguments_ = !differing_arguments(checkpoint.saved.arguments, checkpoint.args).empty();
    resume_from_ = std::make_unique<Mark>(
        Mark{*run->text(), static_cast<std::uint64_t>(*sequence->integer()), checkpoint.saved.state.global_step});
  }
}

}  // namespace baton::track
