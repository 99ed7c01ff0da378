# Installs Netbend for you alone: plugins, programs and licences, into folders of your own. Needs no rights but yours.
# What it puts where is kept in `installed.txt` beside the programs; `uninstall.ps1` removes just that.
#
#     powershell -ExecutionPolicy Bypass -File install.ps1
#
# Not tried on Windows by its authors yet: please report what you see.
[CmdletBinding()]
param(
    # For the CLAP plugin, instead of your own CLAP folder.
    [string]$ClapDir = "$env:LOCALAPPDATA\Programs\Common\CLAP",
    # For the VST3 plugin, instead of your own VST3 folder.
    [string]$Vst3Dir = "$env:LOCALAPPDATA\Programs\Common\VST3",
    # For the programs.
    [string]$ProgramDir = "$env:LOCALAPPDATA\Programs\Netbend"
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$version = '@VERSION@'
$processor = '@PROCESSOR@'

function Stop-Install([string]$reason) {
    Write-Host "Netbend was not installed: $reason" -ForegroundColor Red
    exit 1
}
function Get-Sha256([string]$path) {
    return (Get-FileHash -Algorithm SHA256 -LiteralPath $path).Hash.ToLowerInvariant()
}
function Get-Absolute([string]$path) {
    return $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)
}

if (-not $env:LOCALAPPDATA) { Stop-Install 'LOCALAPPDATA names no folder' }
$clap = Get-Absolute $ClapDir
$vst3 = Get-Absolute $Vst3Dir
$programs = Get-Absolute $ProgramDir
$record = Join-Path $programs 'installed.txt'
$here = $PSScriptRoot
$tab = "`t"

$found = if ($env:PROCESSOR_ARCHITECTURE -eq 'AMD64') { 'x86_64' } else { $env:PROCESSOR_ARCHITECTURE }
if ($env:PROCESSOR_ARCHITEW6432 -eq 'AMD64') { $found = 'x86_64' }
if ($processor -ne $found) { Stop-Install "this archive is for $processor, and this computer is $found" }
$sums = Join-Path $here 'SHA256SUMS'
if (-not (Test-Path -LiteralPath $sums)) { Stop-Install "$sums is missing: unpack the whole archive" }

# --- check the files, and plan

$plan = @()
foreach ($line in Get-Content -LiteralPath $sums -Encoding UTF8) {
    $hash = $line.Substring(0, 64)
    $file = $line.Substring(66).Replace('/', '\')
    $from = Join-Path $here $file
    if ($file.Contains('..') -or [IO.Path]::IsPathRooted($file)) { Stop-Install "SHA256SUMS names $file" }
    if (-not (Test-Path -LiteralPath $from)) { Stop-Install "$file is missing: unpack the whole archive" }
    if ((Get-Sha256 $from) -ne $hash) { Stop-Install "$file is damaged: get the archive again" }
    $places = @()
    if ($file -eq 'Netbend.clap') { $places += $clap }
    elseif ($file.StartsWith('Netbend.vst3\')) { $places += $vst3 }
    elseif ($file.StartsWith('Netbend.resources\')) { $places += $clap; $places += $programs }
    elseif ($file -ne 'install.ps1') { $places += $programs }
    foreach ($place in $places) {
        $plan += New-Object PSObject -Property @{ Hash = $hash; From = $from; To = (Join-Path $place $file) }
    }
}
if ($plan.Count -eq 0) { Stop-Install 'SHA256SUMS is empty: get the archive again' }

# --- nothing in the way?

foreach ($item in $plan) {
    if (Test-Path -LiteralPath $item.To -PathType Container) {
        Stop-Install "$($item.To) is a folder and should be a file: move it away"
    }
    if (Test-Path -LiteralPath $item.To) {
        try { [IO.File]::Open($item.To, 'Open', 'ReadWrite', 'None').Close() }
        catch { Stop-Install "$($item.To) is in use: close your host and Netbend ($($_.Exception.Message))" }
    }
}

# --- copy beside the places, then put everything in its place

$made = New-Object System.Collections.ArrayList
function New-Folder([string]$path) {
    if (Test-Path -LiteralPath $path -PathType Container) { return }
    New-Folder (Split-Path -Parent $path)
    [void](New-Item -ItemType Directory -Path $path)
    [void]$made.Add($path)
}
function Write-Record([string[]]$lines) {
    [IO.File]::WriteAllLines("$record.netbend-new", $lines)
    Move-Item -Force -LiteralPath "$record.netbend-new" -Destination $record
}

$placing = $false
$kept = @()
try {
    foreach ($item in $plan) {
        New-Folder (Split-Path -Parent $item.To)
        $fresh = "$($item.To).netbend-new"
        Copy-Item -Force -LiteralPath $item.From -Destination $fresh
        if ((Get-Sha256 $fresh) -ne $item.Hash) { throw "$fresh came out damaged (is the disk full?)" }
        # Hosts look again at a plugin whose time has changed; and what was fetched from the web is marked so.
        (Get-Item -LiteralPath $fresh).LastWriteTime = Get-Date
        Unblock-File -LiteralPath $fresh
    }

    $old = @()
    if (Test-Path -LiteralPath $record) { $old = @([IO.File]::ReadAllLines($record)) }
    $oldFiles = @($old | Where-Object { -not $_.StartsWith("folder$tab") })
    $oldPaths = @($oldFiles | ForEach-Object { $_.Split($tab)[1] })
    $new = @($old | Where-Object { $_.StartsWith("folder$tab") })
    $new += @($made | ForEach-Object { "folder$tab$_" })
    $new += @($plan | ForEach-Object { "$($_.Hash)$tab$($_.To)" })
    $newPaths = @($plan | ForEach-Object { $_.To })
    # While files change places both lists hold, so that an installation that is stopped here can be taken away, too.
    Write-Record (@($old + $new) | Sort-Object -Unique)
    $placing = $true

    foreach ($item in $plan) {
        if ((Test-Path -LiteralPath $item.To) -and ($oldPaths -contains $item.To)) {
            $there = Get-Sha256 $item.To
            if (($there -ne $item.Hash) -and -not ($oldFiles -contains "$there$tab$($item.To)")) {
                $aside = "$($item.To).yours"
                $number = 2
                while (Test-Path -LiteralPath $aside) { $aside = "$($item.To).yours-$number"; $number += 1 }
                Move-Item -LiteralPath $item.To -Destination $aside
                $kept += $aside
            }
        }
        Move-Item -Force -LiteralPath "$($item.To).netbend-new" -Destination $item.To
    }

    # What only the older Netbend had.
    foreach ($line in $oldFiles) {
        $hash, $path = $line.Split($tab)
        if (($newPaths -notcontains $path) -and (Test-Path -LiteralPath $path) -and ((Get-Sha256 $path) -eq $hash)) {
            Remove-Item -Force -LiteralPath $path
        }
    }
    Write-Record (@($new) | Sort-Object -Unique)
} catch {
    foreach ($item in $plan) {
        $fresh = "$($item.To).netbend-new"
        if (Test-Path -LiteralPath $fresh) { Remove-Item -Force -LiteralPath $fresh }
    }
    if (-not $placing) {
        for ($index = $made.Count - 1; $index -ge 0; $index -= 1) {
            if (@(Get-ChildItem -Force -LiteralPath $made[$index]).Count -eq 0) { Remove-Item -LiteralPath $made[$index] }
        }
    }
    Stop-Install $_.Exception.Message
}

Write-Host "Netbend $version is installed:"
Write-Host "  CLAP      $clap\Netbend.clap"
Write-Host "  VST3      $vst3\Netbend.vst3"
Write-Host "  programs  $programs\netbend.exe, $programs\netbend-standalone.exe"
foreach ($path in $kept) { Write-Host "You had changed a file of Netbend; it is kept as $path" }
Write-Host "Let your host scan its plugins again. To take Netbend away:"
Write-Host "  powershell -ExecutionPolicy Bypass -File `"$programs\uninstall.ps1`""
