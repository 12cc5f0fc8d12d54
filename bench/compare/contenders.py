"""Usage: contenders.py NAME. The contenders in Python. Same protocol as contenders.cc: reads lines "MODEL STEPS",
answers each with a line "RESULT a b c": CPU seconds a step, CPU seconds to the end of the first step, highest memory in
KiB."""
import resource, sys, time

import torch

import models

SAMPLES, LEARNING_RATE, WEIGHT_DECAY, LOGGING_STEPS = 4096, 1e-3, 0.01, 100


class StepTimer:
    """Told after each update. The first ones are left out of the mean, they make what the others reuse."""
    WARM_UP = 20

    def __init__(self, steps):
        self.steps = steps
        self.begin = self.end = self.first_step = 0.0

    def finished(self, step):
        if step == 1:
            self.first_step = time.process_time()
        if step == self.WARM_UP:
            self.begin = time.process_time()
        if step == self.steps:
            self.end = time.process_time()

    def seconds_per_step(self):
        return (self.end - self.begin) / (self.steps - self.WARM_UP) if self.steps > self.WARM_UP else 0.0


def batch_size(model):
    return 16 if model == "char_lm" else 64


def adamw(network, weight_decay=WEIGHT_DECAY):
    """Fused, without decay for biases and norms."""
    groups = [{"params": [p for p in network.parameters() if p.dim() > 1], "weight_decay": weight_decay},
              {"params": [p for p in network.parameters() if p.dim() <= 1], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=LEARNING_RATE, fused=True)


def pytorch(model, steps):
    """A careful loop by hand: batches by index_select, nothing waits for a number."""
    torch.manual_seed(42)
    data, network, size = models.draw_samples(model, SAMPLES), models.make_network(model), batch_size(model)
    optimizer, total_loss, timer = adamw(network), torch.zeros(()), StepTimer(steps)
    network.train()
    batches = SAMPLES // size
    for step in range(1, steps + 1):
        number = (step - 1) % batches
        if number == 0:
            order = torch.randperm(SAMPLES)
        indices = order[number * size:(number + 1) * size]
        loss = models.cross_entropy(network(data.inputs.index_select(0, indices)), data.labels.index_select(0, indices))
        loss.backward()
        total_loss += loss.detach()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * (1.0 - (step - 1) / steps)
        optimizer.step()
        optimizer.zero_grad()
        if step % LOGGING_STEPS == 0:
            print(f"{step}: loss {total_loss.item() / LOGGING_STEPS}")
            total_loss.zero_()
        timer.finished(step)
    return timer


def transformers(model, steps):
    from transformers import Trainer, TrainerCallback, TrainingArguments, set_seed

    class Watch(TrainerCallback):
        def on_step_end(self, args, state, control, **kwargs):
            timer.finished(state.global_step)

    set_seed(42)
    data, network, timer = models.draw_samples(model, SAMPLES), models.make_network(model), StepTimer(steps)
    args = TrainingArguments("transformers_output", max_steps=steps, per_device_train_batch_size=batch_size(model),
                             learning_rate=LEARNING_RATE, weight_decay=WEIGHT_DECAY, logging_steps=LOGGING_STEPS,
                             save_strategy="no", disable_tqdm=True, report_to="none", use_cpu=True,
                             dataloader_pin_memory=False, remove_unused_columns=False)
    Trainer(models.WithLoss(network), args, data_collator=lambda batch: batch, train_dataset=data,
            callbacks=[Watch()]).train()
    return timer


def lightning(model, steps):
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.network = network

        def training_step(self, batch, _):
            loss = models.cross_entropy(self.network(batch["inputs"]), batch["labels"])
            self.log("loss", loss)
            return loss

        def configure_optimizers(self):
            optimizer = adamw(self.network)
            schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0 - step / steps)
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    class Watch(lightning.Callback):
        def on_train_batch_end(self, trainer, *_):
            timer.finished(trainer.global_step)
            if trainer.global_step % LOGGING_STEPS == 0:
                print(f"{trainer.global_step}: loss {trainer.callback_metrics['loss'].item()}")

    lightning.seed_everything(42)
    data, network, timer = models.draw_samples(model, SAMPLES), models.make_network(model), StepTimer(steps)
    loader = torch.utils.data.DataLoader(data, batch_size(model), shuffle=True, collate_fn=lambda batch: batch)
    trainer = lightning.Trainer(max_steps=steps, accelerator="cpu", gradient_clip_val=1.0, logger=False,
                                callbacks=[Watch()], log_every_n_steps=LOGGING_STEPS, enable_checkpointing=False,
                                enable_progress_bar=False, enable_model_summary=False)
    trainer.fit(Module(), loader)
    return timer


if __name__ == "__main__":
    torch.set_num_threads(1)
    contender = {"pytorch": pytorch, "transformers": transformers, "lightning": lightning}[sys.argv[1]]
    for line in sys.stdin:
        name, count = line.split()
        done = contender(name, int(count))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"RESULT {done.seconds_per_step():.9f} {done.first_step:.6f} {peak}", flush=True)
