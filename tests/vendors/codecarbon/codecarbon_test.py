"""Usage: codecarbon_test.py ENERGY. Baton's figures, models and emissions.csv against CodeCarbon's own code."""
import csv, json, os, subprocess, sys, tempfile, time, unittest
from pathlib import Path

import pandas
from codecarbon import OfflineEmissionsTracker
from codecarbon.core.cpu import IntelRAPL, TDP
from codecarbon.core.units import Time
from codecarbon.external.hardware import CPU
from codecarbon.external.ram import RAM
from codecarbon.input import DataSource
from codecarbon.output_methods.emissions_data import EmissionsData
from codecarbon.output_methods.file import FileOutput

KWH = 3.6e6
RANGE = 262_143_328_850
program = None


def answers(lines, *arguments):
    """What the program says to each line."""
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class Program:
    """One that answers while its files change."""

    def __init__(self, *arguments, **environment):
        self.process = subprocess.Popen([program, *map(str, arguments)], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, env=os.environ | environment)
        assert self.process.stdout.readline() == "ready\n"

    def ask(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self):
        rest, _ = self.process.communicate()
        assert self.process.returncode == 0
        return rest


class Powercap:
    """A tree as under /sys/class/powercap: two packages and their memory."""

    def __init__(self, folder):
        self.folder = folder / "powercap"
        self.energies = {}
        for socket, energy in ((0, 5_000_000), (1, 900_000_000)):
            package = f"intel-rapl/intel-rapl:{socket}"
            self.add(package, f"package-{socket}", energy)
            self.add(f"{package}/intel-rapl:{socket}:0", "dram", energy + 70_000_000)

    def add(self, name, text, energy):
        (self.folder / name).mkdir(parents=True)
        (self.folder / name / "name").write_text(text + "\n")
        (self.folder / name / "max_energy_range_uj").write_text(f"{RANGE}\n")
        self.use(name, 0, energy)

    def use(self, name, joules, before=None):
        before = self.energies[name] if before is None else before
        self.energies[name] = (before + int(joules * 1e6)) % RANGE
        (self.folder / name / "energy_uj").write_text(f"{self.energies[name]}\n")


class CodeCarbonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def expect_near(self, found, expected, share=0.01):
        self.assertLessEqual(abs(found - expected), share * abs(expected), f"{found} for {expected}")

    # --- models and tables ---

    def test_the_models_of_memory_agree(self):
        sizes = [1, 2, 3.9, 4, 7.6, 8, 15.5, 16, 23.54, 24, 32, 48, 62.7, 64, 96, 128, 192, 256, 377, 512, 755, 1024,
                 1511, 2048, 6000]
        ram = RAM()
        for size, watts in zip(sizes, answers(sizes, "ram"), strict=True):
            self.assertAlmostEqual(float(watts), ram._calculate_ram_power(size), places=9, msg=f"{size} GB")

    def test_the_models_of_the_load_agree(self):
        cpu = CPU(output_dir=".", mode="cpu_load", model="any", tdp=180)
        loads = [0, 10, 33.3, 50, 90, 100]
        for load, watts in zip(loads, answers(loads, "cpu", "180"), strict=True):
            cpu._cpu_load_meter.percent = lambda: load
            self.assertAlmostEqual(float(watts), cpu._get_power_from_cpu_load().W, places=9, msg=f"{load} %")

    def test_all_countries_agree(self):
        table = DataSource().get_global_energy_mix_data()
        for code, line in zip(table, answers(table, "country"), strict=True):
            self.assertEqual(line, f"{table[code]['carbon_intensity']} {table[code]['country_name']}")

    def test_every_processor_of_the_table_agrees(self):
        table = DataSource().get_cpu_power_data()
        known = {name: watts for name, watts in zip(table["Name"], answers(table["Name"], "tdp"), strict=True)
                 if watts != "-"}
        self.assertGreater(len(known), 1300)
        expected = dict(zip(table["Name"], table["TDP"]))
        wrong = {name: (watts, expected[name]) for name, watts in known.items()
                 if float(watts) != float(expected[name])}
        self.assertEqual(wrong, {})

    def test_names_as_linux_gives_them_agree(self):
        models = ["AMD EPYC 7742 64-Core Processor", "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz",
                  "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "AMD Ryzen 5 3600 6-Core Processor",
                  "Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", "Intel(R) Xeon(R) Processor"]
        tdp = TDP()
        for model, watts in zip(models, answers(models, "tdp"), strict=True):
            theirs = tdp._get_cpu_power_from_registry(model)
            self.assertEqual(watts, "-" if theirs is None else str(float(theirs)), model)

    # --- counters ---

    def joules(self, steps, *, theirs_too=True):
        """Both trackers' joules over the same changes of the counters."""
        tree = Powercap(self.folder)
        mine = Program("rapl", tree.folder)
        theirs = IntelRAPL(rapl_dir=str(tree.folder))
        theirs.start()
        sums = [0.0, 0.0]
        for step in steps:
            step(tree)
            sums[0] += float(mine.ask())
            details = theirs.get_cpu_details(Time(seconds=15.0))
            sums[1] += KWH * sum(kwh for name, kwh in details.items() if name.startswith("Processor Energy Delta_"))
        mine.end()
        return sums

    def test_both_count_the_joules_of_two_packages(self):
        def step(tree):
            tree.use("intel-rapl/intel-rapl:0", 750)
            tree.use("intel-rapl/intel-rapl:1", 1500)
        for found in self.joules([step] * 20):
            self.expect_near(found, 20 * 2250)

    def test_both_follow_wraps(self):
        def step(tree):
            tree.use("intel-rapl/intel-rapl:0", 100_000)
            tree.use("intel-rapl/intel-rapl:1", 50_000)
        for found in self.joules([step] * 10):
            self.expect_near(found, 10 * 150_000)

    def test_a_failed_reading_loses_nothing_here(self):
        def fail(tree):
            (tree.folder / "intel-rapl/intel-rapl:0/energy_uj").write_text("no number\n")

        def step(tree):
            tree.use("intel-rapl/intel-rapl:0", 1000)
        mine, theirs = self.joules([step, fail, step, step])
        self.expect_near(mine, 3000)
        self.expect_near(theirs, 2000)  # it begins anew after the failure

    def test_memory_is_counted_if_asked_for(self):
        tree = Powercap(self.folder)
        mine = Program("rapl", tree.folder, "dram")
        for socket in (0, 1):
            tree.use(f"intel-rapl/intel-rapl:{socket}", 100)
            tree.use(f"intel-rapl/intel-rapl:{socket}/intel-rapl:{socket}:0", 10)
        self.expect_near(float(mine.ask()), 220)
        mine.end()

    # --- the file ---

    def root(self):
        """A machine as this one, but for its counters."""
        root = self.folder / "root"
        (root / "sys/class").mkdir(parents=True)
        (root / "proc").symlink_to("/proc")
        tree = Powercap(root / "sys/class")
        return root, tree

    def train(self, root, tree, joules, **environment):
        settings = {"CODECARBON_COUNTRY_ISO_CODE": "FRA", "CODECARBON_PROJECT_NAME": "ours, \"quoted\"",
                    "HOME": "/none"}
        training = Program("train", root, self.folder, **settings | environment)
        tree.use("intel-rapl/intel-rapl:0", joules)
        self.assertEqual(training.ask(), "saved")
        tree.use("intel-rapl/intel-rapl:0", joules)
        return training.end()

    def their_row(self, **changed):
        values = {name: 1.5 for name in EmissionsData.__dataclass_fields__}
        return EmissionsData(**values | {"run_id": "theirs", "region": None, "cpu_model": "a, \"b\""} | changed)

    def rows(self):
        self.assertEqual(list(self.folder.glob("*.bak")), [])
        table = pandas.read_csv(self.folder / "emissions.csv")
        self.assertEqual(list(table.columns), list(EmissionsData.__dataclass_fields__))
        with open(self.folder / "emissions.csv", newline="") as file:
            self.assertEqual({len(row) for row in csv.reader(file)}, {38})
        return table

    def test_one_file_serves_both(self):
        root, tree = self.root()
        self.train(root, tree, 500)
        output = FileOutput("emissions.csv", str(self.folder))
        self.assertTrue(output.has_valid_headers(self.their_row()))
        output.out(self.their_row(), None)
        self.train(root, tree, 500)
        output.out(self.their_row(run_id="theirs 2"), None)
        table = self.rows()
        self.assertEqual(list(table["run_id"])[1::2], ["theirs", "theirs 2"])
        self.assertEqual(list(table["project_name"])[0::2], ["ours, \"quoted\""] * 2)
        for kwh in list(table["cpu_energy"])[0::2]:
            self.expect_near(kwh, 1000 / KWH)

    def test_their_update_mode_takes_our_rows(self):
        root, tree = self.root()
        self.train(root, tree, 500)
        output = FileOutput("emissions.csv", str(self.folder), on_csv_write="update")
        for duration in (1.0, 2.0):
            output.out(self.their_row(duration=duration), None)
        self.train(root, tree, 500)
        table = self.rows()
        self.assertEqual(list(table["duration"])[1], 2.0)
        self.assertEqual(len(table), 3)

    def test_files_with_other_columns_are_set_aside_by_both(self):
        root, tree = self.root()
        for number in range(2):
            (self.folder / "emissions.csv").write_text("timestamp,run_id\n1,2\n")
            self.train(root, tree, 1) if number else FileOutput("emissions.csv", str(self.folder)).out(
                self.their_row(), None)
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.bak")),
                         ["emissions.csv.bak", "emissions.csv_0.bak"])

    def test_emissions_and_types_are_theirs(self):
        root, tree = self.root()
        said = self.train(root, tree, 500, CODECARBON_PUE="1.5", CODECARBON_WUE="2")
        self.assertIn("codecarbon_summary", said)
        tracker = OfflineEmissionsTracker(country_iso_code="FRA", output_dir=str(self.folder), log_level="error",
                                          measure_power_secs=1, pue=1.5, wue=2, gpu_ids=[])
        tracker.start()
        time.sleep(1.2)  # it measures the machine's own time
        tracker.stop()
        table = self.rows()
        ours, theirs = table.iloc[0], table.iloc[1]
        for row in (ours, theirs):
            self.assertAlmostEqual(row["emissions"] * 1000 / row["energy_consumed"], 56.039, places=9)
            self.assertAlmostEqual(row["water_consumed"] / row["energy_consumed"], 2, places=9)
            self.assertAlmostEqual(row["cpu_energy"] + row["gpu_energy"] + row["ram_energy"], row["energy_consumed"])
        self.assertAlmostEqual(ours["cpu_energy"], 1.5 * 1000 / KWH, places=12)
        for name in ("country_name", "country_iso_code", "os", "cpu_count", "cpu_model", "tracking_mode", "on_cloud",
                     "pue", "wue", "experiment_id"):
            self.assertEqual(ours[name], theirs[name], name)
        self.expect_near(ours["ram_total_size"], theirs["ram_total_size"], 1e-6)
        self.expect_near(ours["ram_power"], theirs["ram_power"], 1e-6)


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
