#include "baton/track/dvclive.h"

#include "baton/core/errors.h"
#include "src/track/dvclive/dvclive_tracker.h"
#include "src/track/text_in.h"

namespace baton {
namespace {

DVCLiveLogModel log_model_of(const Environment& environment) {
  constexpr const char* kName = "HF_DVCLIVE_LOG_MODEL";
  if (environment.is_true(kName)) return DVCLiveLogModel::kModel;
  std::string word = environment.get_or(kName, "");
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return word == "all" ? DVCLiveLogModel::kAll : DVCLiveLogModel::kNone;
}

constexpr std::string_view kLogModels[] = {"none", "model", "all"};  // by their numbers

std::filesystem::path resolved_path(const std::filesystem::path& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal();
}

}  // namespace

DVCLiveOptions DVCLiveOptions::from_env(const Environment& environment) {
  DVCLiveOptions options;
  options.log_model = log_model_of(environment);
  options.exp_name = environment.get_or("DVC_EXP_NAME", "");
  options.pipeline_root = environment.get_or("DVC_ROOT", "");
  return options;
}

namespace track {

DVCLiveOptions resolved(DVCLiveOptions options) {
  if (!options.dvcyaml.empty() && options.dvcyaml.filename() != "dvc.yaml") {
    throw ConfigError("DVCLive: the file " + options.dvcyaml.string() +
                      " must be named dvc.yaml, or DVC never reads it");
  }
  options.dir = resolved_path(options.dir);
  options.dvcyaml = resolved_path(options.dvcyaml);
  options.pipeline_root = resolved_path(options.pipeline_root);
  return options;
}

Record to_record(const DVCLiveOptions& options) {
  return {{"dir", options.dir.string()},
          {"dvcyaml", options.dvcyaml.string()},
          {"log_model", kLogModels[static_cast<std::size_t>(options.log_model)]},
          {"save_dvc_exp", options.save_dvc_exp},
          {"exp_name", options.exp_name},
          {"exp_message", options.exp_message},
          {"pipeline_root", options.pipeline_root.string()}};
}

std::unique_ptr<Tracker> make_dvclive(const Record& record, const Environment&) {
  DVCLiveOptions options;
  options.dir = text_in(record, "dir");
  if (options.dir.empty()) throw ConfigError("DVCLive: the tracker's options name no folder (\"dir\")");
  options.dvcyaml = text_in(record, "dvcyaml");
  for (const DVCLiveLogModel model : {DVCLiveLogModel::kModel, DVCLiveLogModel::kAll}) {
    if (text_in(record, "log_model") == kLogModels[static_cast<std::size_t>(model)]) options.log_model = model;
  }
  options.save_dvc_exp = record.number("save_dvc_exp") != 0.0;
  options.exp_name = text_in(record, "exp_name");
  options.exp_message = text_in(record, "exp_message");
  options.pipeline_root = text_in(record, "pipeline_root");
  return std::make_unique<DVCLiveTracker>(std::move(options), std::make_unique<Disk>());
}

}  // namespace track
}  // namespace baton
