"""What the training scripts have in common: the loop, and the files of a model."""

import copy
import os

import torch
import yaml

import eddy_safetensors
import eddy_torch


def begin(path, seed=17):
    """Reads a model.yaml; returns it with its untrained PyTorch twin, and the generator that all chance comes from."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    with open(path) as file:
        description = yaml.safe_load(file)
    return description, eddy_torch.build(description), torch.Generator().manual_seed(seed)


def fit(model, loss_of_step, held_loss, steps, rate=3e-3, every=100):
    """Adam with a rate that falls as a cosine; keeps the weights of the least held-back loss."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, rate / 30)
    best, weights = float("inf"), None
    for step in range(1, steps + 1):
        loss = loss_of_step()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % every == 0:
            with torch.no_grad():
                held = float(held_loss())
            if held < best:
                best, weights = held, copy.deepcopy(model.state_dict())
            print(f"step {step}: loss {float(loss.detach()):.5f}, held back {held:.5f}", flush=True)
    model.load_state_dict(weights)


def save(path, description, model):
    """Writes the weights where the description says."""
    eddy_safetensors.save(os.path.join(os.path.dirname(path), description["weights"]), eddy_torch.tensors(model))


def load(path):
    """The trained PyTorch twin of a model.yaml."""
    _, model, _ = begin(path)
    with open(path) as file:
        weights = yaml.safe_load(file)["weights"]
    tensors = eddy_safetensors.load(os.path.join(os.path.dirname(path), weights))
    model.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})
    return model.eval()
