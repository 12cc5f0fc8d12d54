#include "baton/callbacks/default_callbacks.h"

#include <utility>

#include "baton/callbacks/printer.h"
#include "baton/callbacks/progress.h"
#include "baton/core/default_flow.h"

namespace baton {

CallbackList with_default_callbacks(const ResolvedArguments& args, CallbackList user,
                                    std::shared_ptr<Console> console) {
  CallbackList all{std::make_shared<DefaultFlowCallback>()};
  for (CallbackPtr& callback : user) all.push_back(std::move(callback));
  if (args.disable_tqdm) {
    all.push_back(std::make_shared<PrinterCallback>(std::move(console)));
  } else {
    all.push_back(std::make_shared<ProgressCallback>(std::move(console)));
  }
  return all;
}

}  // namespace baton
