#include "src/track/mlflow/make_mlflow.h"

#include <algorithm>
#include <utility>

#include "src/net/http_curl.h"
#include "src/track/mlflow/mlflow_login.h"
#include "src/track/mlflow/mlflow_options.h"
#include "src/track/mlflow/mlflow_rest.h"
#include "src/track/mlflow/mlflow_sqlite.h"
#include "src/track/mlflow/mlflow_tracker.h"

namespace baton::track {

namespace {

std::unique_ptr<MlflowStore> make_store(const std::string& tracking_uri, const Environment& environment) {
  MlflowPlace place = mlflow_place(tracking_uri);
  if (place.server.empty()) return std::make_unique<MlflowSqlite>(std::move(place.file));
  MlflowLogin login = mlflow_login(environment);
  return std::make_unique<MlflowRest>(
      std::make_unique<net::CurlHttp>(std::move(login.transport)),
      MlflowServer{std::move(place.server), std::move(login.headers), login.time_limit});
}

}  // namespace

std::string mlflow_problem(const Environment& environment) {
  std::string off = environment.get_or("DISABLE_MLFLOW_INTEGRATION", "");
  std::transform(off.begin(), off.end(), off.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return off == "TRUE" ? "DISABLE_MLFLOW_INTEGRATION turns it off: unset that variable" : "";
}

std::unique_ptr<Tracker> make_mlflow(const MLflowOptions& options, const Environment& environment) {
  MLflowOptions all = resolved(options);
  auto store = make_store(all.tracking_uri, environment);
  return std::make_unique<MlflowTracker>(std::move(store), std::move(all), mlflow_user(environment));
}

std::unique_ptr<Tracker> make_mlflow(const Record& options, const Environment& environment) {
  return make_mlflow(mlflow_options_from(options), environment);
}

}  // namespace baton::track
