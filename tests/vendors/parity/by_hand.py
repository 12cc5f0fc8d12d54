"""Usage: by_hand.py MODEL FOLDER. The same training as reference.py's, in plain PyTorch: a DataLoader, a
learning-rate schedule, clipping and fused AdamW, as one writes them by hand. Logs every update, never evaluates."""
import json, math, sys
from itertools import count, islice
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, RandomSampler

from reference import drawn, models, read_config


def parameter_groups(network, weight_decay):
    """No decay for biases and norms."""
    undecayed = [p for module in network.modules() for name, p in module.named_parameters(recurse=False)
                 if name == "bias" or isinstance(module, nn.LayerNorm)]
    known = set(map(id, undecayed))
    decayed = [p for p in network.parameters() if id(p) not in known]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": undecayed, "weight_decay": 0.0}]


def schedule(kind, warmup, total):
    def factor(step):
        if step < warmup:
            return step / max(1, warmup)
        length = max(1, total - warmup)
        if kind == "linear":
            return (total - step) / length
        return 0.5 * (1.0 + math.cos(math.pi * ((step - warmup) / length)))
    return factor


def windows(data, args):
    """For ever the batches of an update, in the order of the reference's loader."""
    order = torch.Generator()
    loader = DataLoader(data, collate_fn=lambda batch: batch, batch_sampler=BatchSampler(
        RandomSampler(data, generator=order), args.per_device_train_batch_size, drop_last=False))
    for epoch in count():
        order.manual_seed(args.seed + epoch)
        batches = iter(loader)
        while window := list(islice(batches, args.gradient_accumulation_steps)):
            yield window


def train(network, data, args):
    optimizer = torch.optim.AdamW(parameter_groups(network, args.weight_decay), lr=args.learning_rate, fused=True)
    kind = str(args.lr_scheduler_type.value)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule(kind, args.warmup_steps, args.max_steps))
    network.train()
    for step, window in zip(range(1, args.max_steps + 1), windows(data, args)):
        total = torch.zeros(())
        for batch in window:
            loss = models.cross_entropy(network(batch["inputs"]), batch["labels"]) / len(window)
            loss.backward()
            total += loss.detach()
        norm = nn.utils.clip_grad_norm_(network.parameters(), args.max_grad_norm)
        rate = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        yield {"step": step, "loss": total.item(), "grad_norm": norm.item(), "learning_rate": rate}


def main(model, folder):
    output = folder / "by_hand"
    args, _ = read_config(folder / "config.json", output_dir=str(output))
    torch.manual_seed(args.seed)
    network, data, _ = drawn(model)
    torch.manual_seed(args.seed)
    history = list(train(network, data, args))
    output.mkdir(exist_ok=True)
    (output / "trainer_state.json").write_text(json.dumps({"log_history": history}))
    save_file(network.state_dict(), output / "model.safetensors")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1], Path(sys.argv[2]))
