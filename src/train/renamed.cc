#include "baton/train/renamed.h"

#include <unordered_map>

#include "baton/core/errors.h"
#include "src/formats/name_map.h"

namespace baton {
namespace {

class Renamed final : public TrainingModule {
 public:
  Renamed(std::shared_ptr<TrainingModule> model, const NameMap& map) : model_(std::move(model)) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : model_->named_parameters()) names.push_back(name);
    for (const auto& [name, tensor] : model_->named_buffers()) names.push_back(name);
    const std::vector<std::string> new_names = map.renamed(names);
    for (std::size_t i = 0; i < names.size(); ++i) new_names_.emplace(names[i], new_names[i]);
  }

  std::vector<NamedTensor> named_parameters() const override { return with_new_names(model_->named_parameters()); }
  std::vector<NamedTensor> named_buffers() const override { return with_new_names(model_->named_buffers()); }

  at::Tensor training_step(const AnyBatch& batch) override { return model_->training_step(batch); }
  EvalStep evaluation_step(const AnyBatch& batch) override { return model_->evaluation_step(batch); }
  double floating_point_ops(const AnyBatch& batch) const override { return model_->floating_point_ops(batch); }
  bool smooth_labels(double factor) override { return model_->smooth_labels(factor); }
  void train(bool on) override { model_->train(on); }
  void to(at::Device device) override { model_->to(device); }
  torch::nn::Module* module() override { return model_->module(); }

 private:
  std::vector<NamedTensor> with_new_names(std::vector<NamedTensor> tensors) const {
    for (NamedTensor& named : tensors) named.name = new_names_.at(named.name);
    return tensors;
  }

  std::shared_ptr<TrainingModule> model_;
  std::unordered_map<std::string, std::string> new_names_;
};

}  // namespace

std::shared_ptr<TrainingModule> renamed(const Model& model, const std::vector<Renaming>& rules) {
  if (!model.module())
    throw ConfigError("renamed: there is no model, expected one such as baton::supervised(net, loss)");
  return std::make_shared<Renamed>(model.module(), NameMap::of_pairs(rules));
}

}  // namespace baton
