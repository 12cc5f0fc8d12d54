// energy WHAT [ARGUMENT...]: parts of CodeCarbonCallback for a comparison with CodeCarbon. Numbers go to stdout, one a
// line.
//   ram            reads sizes in GB, a line each, and writes watts
//   cpu TDP        reads loads in percent, a line each, and writes watts
//   tdp            reads names of processors, a line each, and writes watts, - if it does not know them
//   country        reads three-letter codes, a line each, and writes grams of CO2 equivalent a kWh and a name
//   rapl POWERCAP  at each line it reads the counters and writes the joules since the line before
//   train ROOT DIR measures a training on the machine whose /proc and /sys lie under ROOT, which ends with its input;
//                  at each line it saves. DIR/emissions.csv gets its row. Options come from the environment.
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>

#include "baton/track/codecarbon.h"
#include "src/base/number_text.h"
#include "src/track/codecarbon/country.h"
#include "src/track/codecarbon/machine.h"
#include "src/track/codecarbon/power_models.h"
#include "src/track/codecarbon/rapl.h"
#include "tests/fakes/fake_run.h"

using namespace baton;
using namespace baton::track::carbon;

namespace {

using Arguments = std::vector<std::string>;

void each_line(const std::function<std::string(const std::string&)>& answer) {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line) << std::endl;
}

void ram(const Arguments&) {
  each_line([](const std::string& size) { return float_repr(memory_watts(std::stod(size), is_arm_machine())); });
}

void cpu(const Arguments& arguments) {
  const double tdp = std::stod(arguments.at(0));
  each_line([&](const std::string& percent) { return float_repr(cpu_watts(tdp, std::stod(percent) / 100.0)); });
}

void tdp(const Arguments&) {
  each_line([](const std::string& model) {
    const auto watts = tdp_watts(model);
    return watts ? float_repr(*watts) : "-";
  });
}

void country(const Arguments&) {
  each_line([](const std::string& code) {
    const Country* const found = find_country(code);
    return found == nullptr ? "-" : float_repr(found->grams_per_kwh) + " " + std::string(found->name);
  });
}

void rapl(const Arguments& arguments) {
  RaplSource source(scan_rapl(arguments.at(0), {.include_dram = arguments.size() > 1}).domains);
  source.begin();
  std::cout << "ready" << std::endl;
  each_line([&](const std::string&) { return float_repr(source.joules(1.0)); });
}

void train(const Arguments& arguments) {
  CodeCarbonOptions options = CodeCarbonOptions::from_env(ProcessEnvironment());
  options.system_root = arguments.at(0);
  CodeCarbonCallback callback(options);
  fakes::FakeRun run;
  run.args.output_dir = arguments.at(1);
  run.train_begin(callback);
  std::cout << "ready" << std::endl;
  each_line([&](const std::string&) {
    run.save(callback, "checkpoint");
    return "saved";
  });
  run.train_end(callback);
  for (const Notice& notice : run.notices.all) std::cout << notice.id << ": " << notice.text << "\n";
}

}  // namespace

int main(int argc, char** argv) try {
  const std::map<std::string, void (*)(const Arguments&)> commands = {
      {"ram", ram}, {"cpu", cpu}, {"tdp", tdp}, {"country", country}, {"rapl", rapl}, {"train", train}};
  const Arguments arguments(argv + 1, argv + argc);
  commands.at(arguments.at(0))({arguments.begin() + 1, arguments.end()});
} catch (const std::exception& error) {
  std::cerr << "energy: " << error.what() << "\n";
  return 1;
}
