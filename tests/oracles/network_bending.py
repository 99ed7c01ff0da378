"""A plain reading of network-bending's files: a list of transforms, and a dictionary of clusters."""

import yaml

import draw

# The seed of a preset that names none.
SEED = 1


def read(transforms, clusters, features_of):
    """The bends of the text `transforms`: `(layer, transform, params, features, amount)` in file order.

    `clusters` is the text of a cluster file, `features_of` the number of features of each layer.
    """
    preset = yaml.safe_load(transforms)
    groups = yaml.safe_load(clusters) if clusters else {}
    bends = []
    for index, entry in enumerate(preset["transforms"] or []):
        layer = entry["layer"]
        parameter = entry.get("feature-param", entry.get("features-param"))
        kind = entry.get("features", "all")
        count = features_of[layer]
        # Netbend's own keys.
        seed = entry.get("seed", preset.get("seed", SEED))
        place = entry.get("place", index)
        if kind == "all":
            features = list(range(count))
        elif kind == "random":
            features = draw.selected(count, parameter, seed, place, layer)
        elif kind == "cluster":
            features = [e["feature_index"] for e in groups[layer] if e["cluster_index"] == parameter]
            share = entry.get("cluster-share", 1)
            features = [features[n] for n in draw.selected(len(features), share, seed, place, layer)]
        else:
            raise ValueError(kind)
        if entry.get("invert-selection", False):
            features = [feature for feature in range(count) if feature not in features]
        transform = entry["transform"].replace("tresh", "thresh")
        bends.append((layer, transform, entry.get("params") or [], features, entry.get("amount", 1.0)))
    return bends
